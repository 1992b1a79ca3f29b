using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A response body that knows whether the connection was given all of it. After the client has left, the server's own writer still takes
/// bytes, drops them and says nothing.
/// </summary>
/// <param name="body">The server's own writer.</param>
/// <param name="connection">
/// Counts each write at once, as with HTTP/1; <see langword="null"/> when nothing does.
/// </param>
internal sealed class ObservedBodyWriter(PipeWriter body, ClientConnection? connection) : PipeWriter
{
    /// <summary>Gets a value indicating whether every write has reached the connection, as far as this is known.</summary>
    public bool IsWritten { get; private set; } = true;

    /// <summary>Gets a value indicating whether a write has thrown: the server did not take it, as far as it says.</summary>
    public bool HasThrown { get; private set; }

    /// <summary>Gets how many bytes of the body were written.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>Gets how many bytes the connection had been given after the last write; 0 when nothing counts them.</summary>
    public long ConnectionBytes { get; private set; } = connection?.WrittenBytes ?? 0;

    /// <summary>Says whether everything written has reached the connection, including the end, as far as this is known.</summary>
    /// <param name="endsWithBody">Whether the last byte of the body is the end, because the length was declared.</param>
    public bool HasEnd(bool endsWithBody)
        => connection is null || (IsWritten && ((endsWithBody && WrittenBytes > 0) || connection.WrittenBytes > ConnectionBytes));

    // It waits for every piece: without the attribute each wait would allocate.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        var before = connection?.WrittenBytes;
        var hasThrown = true;
        try
        {
            var result = await body.WriteAsync(source, cancellationToken);
            hasThrown = false;
            return result;
        }
        finally
        {
            WrittenBytes += source.Length;
            ConnectionBytes = connection?.WrittenBytes ?? 0;
            IsWritten &= connection is null || ConnectionBytes - before >= source.Length;
            HasThrown |= hasThrown;
        }
    }

    public override void Advance(int bytes) => body.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => body.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => body.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => body.FlushAsync(cancellationToken);

    public override void CancelPendingFlush()
    {
        try
        {
            body.CancelPendingFlush();
        }
        catch (ObjectDisposedException)
        {
            // The end of a transfer wakes its receiver, which may have ended its response in the meantime.
        }
    }

    public override void Complete(Exception? exception = null) => body.Complete(exception);
}
