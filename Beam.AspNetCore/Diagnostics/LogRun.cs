using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Diagnostics;

/// <summary>
/// Log entries of one kind. The first is written at once. Those of the following minute are counted, and one entry tells of them all.
/// </summary>
internal sealed class LogRun(ILogger logger, LogKind kind, TimeProvider timeProvider) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();

    // When the last entry was written; null before the first.
    private long? _writtenAt;

    // What was not written since then.
    private string _message = "";
    private EventId _eventId;
    private long _leftOut;

    // Runs out when it is time to tell of what was not written; null when nothing is left out.
    private ITimer? _timer;

    /// <summary>Says whether an entry is to be written. If not, it is counted.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="describe">The entry's text.</param>
    public bool TryBegin(EventId eventId, Func<string> describe)
    {
        lock (_lock)
        {
            if (_timer is null && (_writtenAt is not { } last || timeProvider.GetElapsedTime(last) >= Window))
            {
                _writtenAt = timeProvider.GetTimestamp();
                return true;
            }

            _leftOut++;
            if (_timer is null)
            {
                (_eventId, _message) = (eventId, describe());
                var rest = Window - timeProvider.GetElapsedTime(_writtenAt!.Value);
                _timer = timeProvider.CreateTimer(static run => ((LogRun)run!).TellOfRest(), this, rest, Timeout.InfiniteTimeSpan);
            }

            return false;
        }
    }

    /// <summary>Tells of what was not written yet.</summary>
    public void Dispose() => TellOfRest();

    private void TellOfRest()
    {
        LogRest rest;
        EventId eventId;
        lock (_lock)
        {
            if (_timer is null)
            {
                return;
            }

            (rest, eventId) = (new LogRest(_leftOut, _message), _eventId);
            _timer.Dispose();
            _timer = null;
            _leftOut = 0;
            _writtenAt = timeProvider.GetTimestamp();
        }

        try
        {
            logger.Log(kind.Level, eventId, rest, exception: null, static (rest, _) => rest.ToString());
        }
        catch (Exception)
        {
            // On a timer's thread, a logger that throws would end the process.
        }
    }
}
