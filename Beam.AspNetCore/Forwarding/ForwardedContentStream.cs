using Beam.AspNetCore.Requests;

namespace Beam.AspNetCore.Forwarding;

/// <summary>
/// A body on its way through. Its end is reported also to a reader whose request has just been aborted: a client that has everything may close
/// before the end has been passed on, and is no failure.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="length">Its declared length.</param>
/// <param name="beforeEnd">Waited for before the end is reported, which is when all the bytes have been written.</param>
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
