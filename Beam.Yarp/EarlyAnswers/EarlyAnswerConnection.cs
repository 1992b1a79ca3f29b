using System.Buffers;
using System.Globalization;
using System.Text;

namespace Beam.Yarp.EarlyAnswers;

/// <summary>
/// A connection for one request. It sends the head that the client writes, with the body's length in it if that is known. It drops the
/// end of the empty body that the client believes in.
/// </summary>
internal sealed class EarlyAnswerConnection(Stream connection, long? length, TimeProvider timeProvider) : Stream
{
    // A node that has answered closes at once. If it does not, this side closes first, which may cost a port for a minute.
    private static readonly TimeSpan NodesTime = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _headSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _head = new();
    private volatile bool _isWhole;
    private bool _isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    private static ReadOnlySpan<byte> Chunked => "\r\nTransfer-Encoding: chunked\r\n"u8;

    /// <summary>Sends something of the body, once the head is out.</summary>
    public async ValueTask WriteBodyAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _headSent.Task.WaitAsync(cancellationToken);
        await connection.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>Notes that the whole body has been sent.</summary>
    public void NoteWhole() => _isWhole = true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_headSent.Task.IsCompleted)
        {
            return;
        }

        _head.Write(buffer.Span);
        if (_head.WrittenSpan.IndexOf(EndOfHead) is var end && end >= 0)
        {
            await connection.WriteAsync(Complete(_head.WrittenMemory[..(end + EndOfHead.Length)]), cancellationToken);
            _headSent.TrySetResult();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => connection.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => connection.ReadAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override void Flush() => connection.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !Interlocked.Exchange(ref _isDisposed, true))
        {
            // A write that waits for the head fails with the connection.
            _headSent.TrySetResult();
            if (_isWhole)
            {
                _ = LetNodeCloseAsync();
            }
            else
            {
                connection.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private async Task LetNodeCloseAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(NodesTime, timeProvider);
            var rest = new byte[1];
            while (await connection.ReadAsync(rest, limit.Token) > 0)
            {
                // Nobody reads the answer any more.
            }
        }
        catch (Exception)
        {
            // The node has broken off, or takes its time.
        }

        await connection.DisposeAsync();
    }

    private ReadOnlyMemory<byte> Complete(ReadOnlyMemory<byte> head)
    {
        if (length is not { } known)
        {
            return head;
        }

        var at = head.Span.IndexOf(Chunked);
        if (at < 0)
        {
            throw new IOException("The client has not announced a body in chunks.");
        }

        var line = string.Create(CultureInfo.InvariantCulture, $"\r\nContent-Length: {known}\r\n");
        return (byte[])[.. head.Span[..at], .. Encoding.ASCII.GetBytes(line), .. head.Span[(at + Chunked.Length)..]];
    }
}
