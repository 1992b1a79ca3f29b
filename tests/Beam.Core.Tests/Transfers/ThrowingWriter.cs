using System.IO.Pipelines;

namespace Beam.Core.Tests.Transfers;

/// <summary>A connection that takes everything, and throws at one of its writes: at once, or while it is waited for.</summary>
internal sealed class ThrowingWriter(int failingWrite, Exception exception, bool isLate) : PipeWriter
{
    private int _writes;

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (++_writes < failingWrite)
        {
            return default;
        }

        if (isLate)
        {
            await Task.Yield();
        }

        throw exception;
    }

    public override void Advance(int bytes) => throw new NotSupportedException();

    public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

    public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }
}
