using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Events;

/// <summary>
/// Something that people watch. One loop looks at it now and then, however many watch, and writes down what there is to tell; nobody who moves bytes
/// does anything for it.
/// </summary>
internal abstract partial class EventFeed : IDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private readonly PeriodicTimer _timer;
    private readonly ILogger _logger;
    private volatile EventFrame _current = EventFrame.Empty(isFinal: false);
    private int _watchers;

    protected EventFeed(TimeSpan interval, TimeProvider timeProvider, ILogger logger)
    {
        _timer = new PeriodicTimer(interval, timeProvider);
        _logger = logger;
        TimeProvider = timeProvider;
    }

    /// <summary>Gets what is to be told now.</summary>
    public EventFrame Current => _current;

    /// <summary>Gets how many watch.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    protected TimeProvider TimeProvider { get; }

    /// <summary>Counts who comes and goes.</summary>
    /// <returns>How many watch now.</returns>
    public int CountWatcher(int difference) => Interlocked.Add(ref _watchers, difference);

    /// <summary>Looks until there is nothing more to tell, or nobody watches any more.</summary>
    public async Task RunAsync()
    {
        try
        {
            var told = TimeProvider.GetTimestamp();
            do
            {
                var frame = await SampleAsync(_current);
                if (frame is null && TimeProvider.GetElapsedTime(told) >= LongestSilence)
                {
                    frame = _current.Again();
                }

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

    /// <summary>Ends the looking.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Looks once.</summary>
    /// <param name="last">What was told last.</param>
    /// <returns>What is to be told, or <see langword="null"/> for nothing new.</returns>
    protected abstract ValueTask<EventFrame?> SampleAsync(EventFrame last);

    private void Publish(EventFrame frame)
    {
        var last = _current;
        _current = frame;
        last.Replace();
    }

    private static partial class Log
    {
        [LoggerMessage(2002, LogLevel.Error, "Watching has failed; those who watch may come again.", EventName = "WatchFailed")]
        public static partial void WatchFailed(ILogger logger, Exception exception);
    }
}
