using System.Threading.Channels;
using Beam.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Beam.Observing;

/// <summary>One observer with the events that it has not got yet.</summary>
internal sealed partial class ObserverQueue : IDisposable
{
    private readonly Channel<TransferEvent> _events;
    private readonly ITransferObserver _observer;
    private readonly BeamMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private long _dropped;

    public ObserverQueue(ITransferObserver observer, int capacity, BeamMetrics metrics, ILogger logger)
    {
        _observer = observer;
        _metrics = metrics;
        _logger = logger;
        _events = Channel.CreateBounded<TransferEvent>(new BoundedChannelOptions(capacity) { SingleReader = true });
        Ended = RunAsync(_stop.Token);
    }

    /// <summary>Gets the task that ends when, after <see cref="Complete"/>, the observer has got everything.</summary>
    public Task Ended { get; }

    /// <summary>Adds an event, if there is room. It neither waits nor calls anybody, so callers may hold locks.</summary>
    public void Add(TransferEvent transferEvent)
    {
        if (!_events.Writer.TryWrite(transferEvent))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Takes no more events.</summary>
    public void Complete() => _events.Writer.TryComplete();

    /// <summary>Stops telling the observer.</summary>
    public void Dispose()
    {
        Complete();
        _stop.Cancel();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        // Not on the thread that creates the relay.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await foreach (var transferEvent in _events.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                await TellAsync(transferEvent, stop).ConfigureAwait(false);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            Interlocked.Add(ref _dropped, _events.Reader.Count);
            ReportDropped();
        }
    }

    private async Task TellAsync(TransferEvent transferEvent, CancellationToken stop)
    {
        try
        {
            await ObserveAsync(transferEvent, stop).ConfigureAwait(false);
            ReportDropped();
        }
        catch (Exception) when (!stop.IsCancellationRequested)
        {
            // A logger or a listener of the meter that throws must not end the telling.
        }
    }

    private async Task ObserveAsync(TransferEvent transferEvent, CancellationToken stop)
    {
        try
        {
            await _observer.ObserveAsync(transferEvent, stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            Log.ObserverFailed(_logger, exception, _observer.GetType(), transferEvent.Kind, transferEvent.Transfer.Id);
        }
    }

    private void ReportDropped()
    {
        var dropped = Interlocked.Exchange(ref _dropped, 0);
        if (dropped > 0)
        {
            _metrics.CountDroppedEvents(dropped);
            Log.EventsDropped(_logger, dropped, _observer.GetType());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1008,
            LogLevel.Error,
            "The observer {Observer} failed over {Kind} of transfer {TransferId}.",
            EventName = "ObserverFailed")]
        public static partial void ObserverFailed(
            ILogger logger,
            Exception exception,
            Type observer,
            TransferEventKind kind,
            string transferId);

        [LoggerMessage(
            1009,
            LogLevel.Warning,
            "{Count} events were dropped: the observer {Observer} is too slow.",
            EventName = "EventsDropped")]
        public static partial void EventsDropped(ILogger logger, long count, Type observer);
    }
}
