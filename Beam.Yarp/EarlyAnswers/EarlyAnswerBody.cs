using System.Buffers;
using System.Globalization;
using System.Text;

namespace Beam.Yarp.EarlyAnswers;

/// <summary>
/// The body on its way out, in chunks unless its length has been announced (RFC 9112, section 7.1). It sends every piece at once.
/// </summary>
internal sealed class EarlyAnswerBody(EarlyAnswerConnection connection, bool isChunked) : Stream
{
    // The size in hexadecimal digits, and two line ends.
    private const int FrameBytes = 8 + 4;

    private bool _isBroken;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Says that this was all.</summary>
    /// <exception cref="IOException">
    /// Something has not been sent. The code that copies to this stream may have kept that to itself.
    /// </exception>
    public ValueTask EndAsync(CancellationToken cancellationToken)
        => _isBroken ? throw new IOException("The connection has ended.")
            : isChunked ? connection.WriteBodyAsync("0\r\n\r\n"u8.ToArray(), cancellationToken)
            : ValueTask.CompletedTask;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _isBroken = true;
        await (isChunked && !buffer.IsEmpty
            ? WriteChunkAsync(buffer, cancellationToken)
            : connection.WriteBodyAsync(buffer, cancellationToken));
        _isBroken = false;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask WriteChunkAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(bytes.Length + FrameBytes);
        try
        {
            var size = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length:x}\r\n"), chunk);
            bytes.CopyTo(chunk.AsMemory(size));
            "\r\n"u8.CopyTo(chunk.AsSpan(size + bytes.Length));
            await connection.WriteBodyAsync(chunk.AsMemory(0, size + bytes.Length + 2), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
