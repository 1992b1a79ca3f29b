using System.IO.Pipelines;

namespace Beam.AspNetCore.Delivery;

/// <summary>Takes a sample after each read, before the server acts on the read: the last one may be the client's goodbye.</summary>
internal sealed class ObservedPipeReader(PipeReader input, ClientConnection observer) : PipeReader
{
    public override void AdvanceTo(SequencePosition consumed) => input.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => input.AdvanceTo(consumed, examined);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        => observer.IsWatched ? ReadObservedAsync(cancellationToken) : input.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => input.TryRead(out result);

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => input.CompleteAsync(exception);

    private async ValueTask<ReadResult> ReadObservedAsync(CancellationToken cancellationToken)
    {
        var result = await input.ReadAsync(cancellationToken);
        observer.Sample();
        return result;
    }
}
