using System.IO.Pipelines;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// Counts what a connection is given to send, to compare it with what the peer has acknowledged. It also follows which HTTP/2 response
/// the bytes belong to.
/// </summary>
/// <param name="output">Where the bytes go.</param>
/// <param name="lowest">The writer that counts below TLS; <see langword="null"/> for that writer itself.</param>
internal sealed class ObservedPipeWriter(PipeWriter output, ObservedPipeWriter? lowest = null) : PipeWriter
{
    private long _bytes;
    private Memory<byte> _memory;

    public long Bytes => Volatile.Read(ref _bytes);

    public Http2Output Http2 { get; } = new();

    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    public override long UnflushedBytes => output.UnflushedBytes;

    public override void Advance(int bytes)
    {
        Http2.OnWritten(_memory.Span[..bytes]);
        _memory = _memory[bytes..];
        output.Advance(bytes);
        Volatile.Write(ref _bytes, _bytes + bytes);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        Http2.OnWritten(source.Span);
        Volatile.Write(ref _bytes, _bytes + source.Length);
        var written = output.WriteAsync(source, cancellationToken);
        return Http2.HasUnflushed ? TellWhenFlushedAsync(written) : written;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var flushed = output.FlushAsync(cancellationToken);
        return Http2.HasUnflushed ? TellWhenFlushedAsync(flushed) : flushed;
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => output.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => output.CompleteAsync(exception);

    /// <summary>Over TLS, the bytes have their place in the connection only when they have been flushed.</summary>
    private async ValueTask<FlushResult> TellWhenFlushedAsync(ValueTask<FlushResult> flushed)
    {
        // Nobody acknowledges what could not be sent.
        var position = long.MaxValue;
        try
        {
            var result = await flushed;
            position = (lowest ?? this).Bytes;
            return result;
        }
        finally
        {
            Http2.OnFlushed(position);
        }
    }
}
