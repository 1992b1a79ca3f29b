namespace Beam.Observing;

/// <summary>
/// Hears what becomes of transfers, for a record of who sent what. Register it with
/// <c>services.AddBeam().AddTransferObserver&lt;T&gt;()</c>.
/// </summary>
/// <remarks>
/// <para>
/// Every transfer has one <see cref="TransferEventKind.Created"/>, at most one <see cref="TransferEventKind.Paired"/> and
/// <see cref="TransferEventKind.HandedIn"/>, and one of <see cref="TransferEventKind.Delivered"/>, <see cref="TransferEventKind.Failed"/>
/// and <see cref="TransferEventKind.Expired"/>, in that order. A file that was handed in and outlives a restart has these events across
/// both processes; it may be paired in each.
/// </para>
/// <para>
/// An observer gets one event after the other, beside the transfers: it cannot delay a transfer or hurt it. Events wait in a queue of
/// <see cref="BeamOptions.MaxQueuedEvents"/> for each observer. The relay drops, logs and counts what comes while the queue is full. When
/// the application stops, an observer has five seconds for what is left.
/// </para>
/// <para>The container creates it with the relay, so it must not ask for the relay in its constructor. For scoped services it opens a scope
/// of its own.</para>
/// </remarks>
public interface ITransferObserver
{
    /// <summary>Hears of one event. The relay logs what it throws, and the next event still comes.</summary>
    /// <param name="transferEvent">The event.</param>
    /// <param name="cancellationToken">Ends when the time for what is left is up.</param>
    /// <returns>A task that ends when the observer is ready for the next event.</returns>
    ValueTask ObserveAsync(TransferEvent transferEvent, CancellationToken cancellationToken);
}
