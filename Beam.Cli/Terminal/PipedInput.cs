namespace Beam.Cli.Terminal;

/// <summary>
/// The standard input of a pipeline. Ctrl+C and a closed terminal reach every program of the pipeline at once. A program before us that
/// they kill ends our input just as a program that has finished. So the end counts only if no signal comes with it. Other failures of the
/// program before us cannot be seen.
/// </summary>
internal sealed class PipedInput(Stream input, TimeProvider clock, CancellationToken interrupted) : Stream
{
    // The signals of a key press come within a few milliseconds, even on a busy machine.
    private static readonly TimeSpan SignalTime = TimeSpan.FromMilliseconds(250);

    private bool _hasEnded;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await input.ReadAsync(buffer, cancellationToken);
        if (count == 0 && !buffer.IsEmpty && !_hasEnded)
        {
            await Task.Delay(SignalTime, clock, interrupted);
            _hasEnded = true;
        }

        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}
