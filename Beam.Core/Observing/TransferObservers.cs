using Beam.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.Observing;

/// <summary>All observers, each with its queue.</summary>
internal sealed class TransferObservers : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan LastTime = TimeSpan.FromSeconds(5);

    private readonly ObserverQueue[] _queues;
    private readonly TimeProvider _timeProvider;

    public TransferObservers(
        IEnumerable<ITransferObserver> observers,
        IOptions<BeamOptions> options,
        BeamMetrics metrics,
        TimeProvider timeProvider,
        ILogger<TransferObservers> logger)
    {
        _timeProvider = timeProvider;
        _queues = [.. observers.Select(observer => new ObserverQueue(observer, options.Value.MaxQueuedEvents, metrics, logger))];
    }

    public bool AreAny => _queues.Length > 0;

    public void Tell(TransferEvent transferEvent)
    {
        foreach (var queue in _queues)
        {
            queue.Add(transferEvent);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(_queues, static queue => queue.Complete());
        try
        {
            await Task.WhenAll(_queues.Select(static queue => queue.Ended)).WaitAsync(LastTime, _timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The rest is dropped, and its queue logs that.
        }

        Dispose();
    }

    public void Dispose() => Array.ForEach(_queues, static queue => queue.Dispose());
}
