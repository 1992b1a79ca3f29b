using System.Collections.Concurrent;
using Beam.Observing;

namespace Beam.Core.Tests.Observing;

/// <summary>Remembers every event, and does with it what a test wants.</summary>
internal sealed class RecordingObserver(Func<TransferEvent, CancellationToken, ValueTask>? whenTold = null) : ITransferObserver
{
    private readonly ConcurrentQueue<TransferEvent> _events = new();

    public IReadOnlyList<TransferEvent> Events => [.. _events];

    public IEnumerable<TransferEventKind> Kinds => _events.Select(static each => each.Kind);

    public ValueTask ObserveAsync(TransferEvent transferEvent, CancellationToken cancellationToken)
    {
        _events.Enqueue(transferEvent);
        return whenTold?.Invoke(transferEvent, cancellationToken) ?? ValueTask.CompletedTask;
    }

    public Task WaitForAsync(int count) => Eventually.TrueAsync(() => _events.Count >= count, $"{count} events were told");
}
