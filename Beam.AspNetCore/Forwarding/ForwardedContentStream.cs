using Beam.AspNetCore.Requests;

namespace Beam.AspNetCore.Forwarding;

/// <summary>
/// A body on its way through. It reports its end even to a reader whose request has just been aborted: a client that has everything may
/// close before it gets the end, and that is no failure.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="length">Its declared length.</param>
/// <param name="beforeEnd">Runs before the stream reports its end, when the reader has written all bytes.</param>
internal sealed class ForwardedContentStream(Stream body, long? length, Func<Task> beforeEnd) : ReadOnlyStream
{
    private long _position;

    public bool IsComplete { get; private set; } = length == 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        var count = IsComplete ? 0 : await body.ReadAsync(buffer, cancellationToken);
        _position += count;
        IsComplete |= length is null ? count == 0 : _position == length;
        if (count == 0 && IsComplete)
        {
            await beforeEnd();
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
