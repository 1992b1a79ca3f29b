namespace Beam.Client.Tests.Sending;

/// <summary>The bytes of a pattern, in no hurry: at one offset it waits until its reader gives up.</summary>
internal sealed class StallingStream(int seed, long length, long stallAt) : Stream
{
    private readonly PatternStream _inner = new(seed, length);

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _inner.Position;
        set => _inner.Position = value;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position == stallAt)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        return _inner.Read(buffer.Span[..(int)Math.Min(buffer.Length, stallAt - Position)]);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => _inner.Seek(offset, origin);

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
