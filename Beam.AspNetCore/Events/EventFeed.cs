using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Events;

/// <summary>
/// Something that people watch. However many watch it, one loop looks at it now and then, and writes down what there is to tell. The code
/// that moves bytes does nothing for it.
/// </summary>
internal abstract partial class EventFeed : IDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private readonly PeriodicTimer _timer;
    private readonly ILogger _logger;
    private long _revocations;
    private volatile EventFrame _current = EventFrame.Empty(isFinal: false);
    private int _watchers;

    protected EventFeed(TimeSpan interval, TimeProvider timeProvider, ILogger logger)
    {
        _timer = new PeriodicTimer(interval, timeProvider);
        _logger = logger;
        TimeProvider = timeProvider;
    }

    /// <summary>Gets what there is to tell now.</summary>
    public EventFrame Current => _current;

    /// <summary>Gets how many watchers there are.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    protected TimeProvider TimeProvider { get; }

    /// <summary>Gets how many tokens were revoked that its watchers may have.</summary>
    protected virtual long Revocations => 0;

    /// <summary>Counts a watcher that comes or goes.</summary>
    /// <returns>How many watchers there are now.</returns>
    public int CountWatcher(int difference) => Interlocked.Add(ref _watchers, difference);

    /// <summary>Looks until there is nothing more to tell, or until the last watcher has gone.</summary>
    public async Task RunAsync()
    {
        try
        {
            var told = TimeProvider.GetTimestamp();
            _revocations = Revocations;
            do
            {
                // A beat has all watchers see whether it was their token.
                var isBeatDue = HasLostTokens() || TimeProvider.GetElapsedTime(told) >= LongestSilence;
                var frame = await SampleAsync(_current) ?? (isBeatDue ? _current.Again() : null);
                if (frame is not null)
                {
                    told = TimeProvider.GetTimestamp();
                    Publish(frame);
                }
            }
            while (!_current.IsFinal && await _timer.WaitForNextTickAsync());
        }
        catch (Exception exception)
        {
            Log.WatchFailed(_logger, exception);
            Publish(EventFrame.Empty(isFinal: true));
        }
    }

    /// <summary>Ends the loop.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Looks once.</summary>
    /// <param name="last">The frame before.</param>
    /// <returns>What there is to tell; <see langword="null"/> for nothing new.</returns>
    protected abstract ValueTask<EventFrame?> SampleAsync(EventFrame last);

    private bool HasLostTokens()
    {
        var revocations = Revocations;
        var hasLost = revocations != _revocations;
        _revocations = revocations;
        return hasLost;
    }

    private void Publish(EventFrame frame)
    {
        var last = _current;
        _current = frame;
        last.Replace();
    }

    private static partial class Log
    {
        [LoggerMessage(2002, LogLevel.Error, "Watching has failed; the watchers may connect again.", EventName = "WatchFailed")]
        public static partial void WatchFailed(ILogger logger, Exception exception);
    }
}
