using System.Text.Json;
using Beam.Observing;
using Beam.Server.Settings;

namespace Beam.Server.Webhooks;

/// <summary>
/// Posts what becomes of transfers to the configured address. The events of one transfer come in order. Those of others do not wait for
/// them: the sender chooses a file's name, and an address that trips over one must not stop the line.
/// </summary>
/// <remarks>
/// A few posts run at a time. What was not taken is tried again after a pause. A bound is on how many transfers wait for that. Beyond it,
/// as long as the address takes other events, the one that has failed longest is given up. If it takes none, it is down, and further events
/// wait in the observer's queue, which has a bound of its own.
/// </remarks>
internal sealed partial class Webhook : ITransferObserver, IAsyncDisposable
{
    /// <summary>How many transfers may have events here.</summary>
    public const int MostLines = 1000;

    private const int PostsAtATime = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LastTime = TimeSpan.FromSeconds(5);

    private readonly int _attempts;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<Webhook> _logger;
    private readonly WebhookPost _post;
    private readonly SemaphoreSlim _posts = new(PostsAtATime);
    private readonly CancellationTokenSource _stop = new();

    private readonly Lock _lock = new();
    private readonly Dictionary<string, WebhookLine> _lines = new(StringComparer.Ordinal);

    // Those whose first event was not taken yet, the longest first.
    private readonly LinkedList<WebhookLine> _failing = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _takenAt;

    public Webhook(WebhookSettings settings, TimeProvider timeProvider, ILogger<Webhook> logger)
    {
        _attempts = settings.Attempts;
        _timeProvider = timeProvider;
        _logger = logger;
        _post = new WebhookPost(settings, timeProvider);
    }

    /// <summary>
    /// Takes over an event. It waits only while the address takes nothing from anybody and too many transfers wait for it.
    /// </summary>
    public async ValueTask ObserveAsync(TransferEvent transferEvent, CancellationToken cancellationToken)
    {
        while (!TryAdd(transferEvent, out var changed))
        {
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Gives what is left five seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
        {
            running = [.. _lines.Values.Select(static line => line.Ended)];
        }

        try
        {
            await Task.WhenAll(running).WaitAsync(LastTime, _timeProvider);
        }
        catch (TimeoutException)
        {
            // The rest is lost, as it is when the process is killed.
        }

        await _stop.CancelAsync();
        await Task.WhenAll(running);
        _post.Dispose();
        _posts.Dispose();
        _stop.Dispose();
    }

    /// <summary>Adds an event to those of its transfer.</summary>
    /// <param name="transferEvent">The event.</param>
    /// <param name="changed">Ends when to try again if there is no room.</param>
    private bool TryAdd(TransferEvent transferEvent, out Task changed)
    {
        lock (_lock)
        {
            changed = _changed.Task;
            var id = transferEvent.Transfer.Id;
            if (_lines.TryGetValue(id, out var line))
            {
                line.Events.Enqueue(transferEvent);
                return true;
            }

            if (_lines.Count >= MostLines && !TryGiveUpOne_NeedsLock())
            {
                return false;
            }

            line = new WebhookLine(id, CancellationTokenSource.CreateLinkedTokenSource(_stop.Token));
            line.Events.Enqueue(transferEvent);
            _lines.Add(id, line);
            line.Ended = RunAsync(line);
            return true;
        }
    }

    /// <summary>Gives up the transfer that has failed longest, if the address has taken another event since it failed last.</summary>
    private bool TryGiveUpOne_NeedsLock()
    {
        foreach (var line in _failing)
        {
            if (line.FailedAt < _takenAt)
            {
                Leave_NeedsLock(line);
                line.GiveUp.Cancel();
                return true;
            }
        }

        return false;
    }

    private async Task RunAsync(WebhookLine line)
    {
        // The caller holds the lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (FindNext(line) is { } transferEvent)
            {
                await PostAsync(line, transferEvent);
            }
        }
        catch (OperationCanceledException)
        {
            if (!_stop.IsCancellationRequested)
            {
                Log.Displaced(_logger, line.TransferId);
            }
        }
        finally
        {
            lock (_lock)
            {
                Leave_NeedsLock(line);
            }

            line.GiveUp.Dispose();
        }
    }

    private TransferEvent? FindNext(WebhookLine line)
    {
        lock (_lock)
        {
            if (line.Events.TryDequeue(out var transferEvent))
            {
                return transferEvent;
            }

            // Under the same lock: whatever comes from now on makes a new line.
            Leave_NeedsLock(line);
            return null;
        }
    }

    private async Task PostAsync(WebhookLine line, TransferEvent transferEvent)
    {
        var id = WebhookBody.IdOf(transferEvent);
        var body = JsonSerializer.SerializeToUtf8Bytes(WebhookBody.Of(transferEvent), WebhookJsonContext.Default.WebhookBody);
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            var answer = await TryPostAsync(id, body, line.GiveUp.Token);
            Note(line, answer.IsTaken);
            if (answer.IsTaken)
            {
                return;
            }

            if (attempt == _attempts || !answer.MayGoBetterLater)
            {
                Log.GivenUp(_logger, id, attempt, answer.Status);
                return;
            }

            await Task.Delay(FindPause(pause, answer.RetryAfter), _timeProvider, line.GiveUp.Token);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<WebhookAnswer> TryPostAsync(string id, byte[] body, CancellationToken cancellationToken)
    {
        await _posts.WaitAsync(cancellationToken);
        try
        {
            return await _post.TryAsync(id, body, cancellationToken);
        }
        finally
        {
            _posts.Release();
        }
    }

    /// <summary>Says how long to wait: what was asked for, or a pause that differs, so that not all come again at once.</summary>
    private static TimeSpan FindPause(TimeSpan pause, TimeSpan? asked)
    {
        var own = pause * (0.5 + (Random.Shared.NextDouble() / 2));
        return asked is { } wait && wait > own ? (wait < LongestWait ? wait : LongestWait) : own;
    }

    private void Note(WebhookLine line, bool isTaken)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(line.TransferId, out var current) || current != line)
            {
                return;
            }

            var now = _timeProvider.GetTimestamp();
            if (isTaken)
            {
                _takenAt = now;
                RemoveFailing_NeedsLock(line);
                Wake_NeedsLock();
            }
            else
            {
                line.FailedAt = now;
                line.Failing ??= _failing.AddLast(line);
            }
        }
    }

    private void Leave_NeedsLock(WebhookLine line)
    {
        if (_lines.TryGetValue(line.TransferId, out var current) && current == line)
        {
            _lines.Remove(line.TransferId);
        }

        RemoveFailing_NeedsLock(line);
        Wake_NeedsLock();
    }

    private void RemoveFailing_NeedsLock(WebhookLine line)
    {
        if (line.Failing is { } place)
        {
            _failing.Remove(place);
            line.Failing = null;
        }
    }

    private void Wake_NeedsLock()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The webhook was not told of {EventId}: status {Status} after {Attempts} attempts.",
            EventName = "GivenUp")]
        public static partial void GivenUp(ILogger logger, string eventId, int attempts, int? status);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "The webhook was not told of all events of transfer {TransferId}: too many others wait to be told again.",
            EventName = "Displaced")]
        public static partial void Displaced(ILogger logger, string transferId);
    }
}
