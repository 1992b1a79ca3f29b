using System.IO.Pipelines;

namespace Beam.Core.Tests.Transfers;

/// <summary>
/// A connection that takes everything, and throws at the write that reaches an offset: at once, or while it is waited for.
/// </summary>
internal sealed class ThrowingWriter(long failingAt, Exception exception, bool isLate) : PipeWriter
{
    private long _bytes;

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        _bytes += source.Length;
        if (_bytes < failingAt)
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
