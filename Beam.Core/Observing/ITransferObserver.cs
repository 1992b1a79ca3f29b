namespace Beam.Observing;

/// <summary>Is told what becomes of transfers, for a record of who sent what. Register with <c>services.AddBeam().AddTransferObserver&lt;T&gt;()</c>.</summary>
/// <remarks>
/// <para>
/// Every transfer has one <see cref="TransferEventKind.Created"/>, at most one <see cref="TransferEventKind.Paired"/> and
/// <see cref="TransferEventKind.HandedIn"/>, and one of <see cref="TransferEventKind.Delivered"/>, <see cref="TransferEventKind.Failed"/> and
/// <see cref="TransferEventKind.Expired"/>, in that order. A file that was
/// handed in and outlives a restart has them across both processes; it may be paired in each.
/// </para>
/// <para>
/// An observer is told one event after the other, beside the transfers: it cannot hold one up or hurt it. Events wait in a queue of
/// <see cref="BeamOptions.MaxQueuedEvents"/> for each observer; what comes while it is full is dropped, logged and counted. When the
/// application stops, an observer has five seconds for what is left.
/// </para>
/// <para>It is created with the relay, so it must not ask for the relay in its constructor. For scoped services it opens a scope of its own.</para>
/// </remarks>
public interface ITransferObserver
{
    /// <summary>Is told of one event. What it throws is logged, and the next event comes all the same.</summary>
    /// <param name="transferEvent">The event.</param>
    /// <param name="cancellationToken">Ends when the time for what is left is up.</param>
    /// <returns>A task that ends when the observer is ready for the next event.</returns>
    ValueTask ObserveAsync(TransferEvent transferEvent, CancellationToken cancellationToken);
}
