namespace Beam.Client.Tests.Sending;

/// <summary>The bytes of one pattern, and after some of the moves back those of the next: content that changes between two tries.</summary>
internal sealed class ChangingStream(int length, Func<int, bool> changesAtMove) : Stream
{
    private long _position;
    private int _moves;

    /// <summary>Gets how often it has changed, which is also the seed of the pattern that it has now.</summary>
    public int Changes { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            if (value < _position && changesAtMove(_moves++))
            {
                Changes++;
            }

            _position = value;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var count = (int)Math.Min(buffer.Length, length - _position);
        TestBytes.Fill(Changes, _position, buffer.Span[..count]);
        _position += count;
        return ValueTask.FromResult(count);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
