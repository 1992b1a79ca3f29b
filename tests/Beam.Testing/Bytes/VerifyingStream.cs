namespace Beam.Testing;

/// <summary>A stream to write to that checks every byte against <see cref="TestBytes"/> and keeps none.</summary>
/// <param name="seed">Which bytes are expected.</param>
/// <param name="offset">Where in them the first byte written belongs, for a download that was resumed.</param>
public sealed class VerifyingStream(int seed, long offset = 0) : Stream
{
    private long _verified;

    /// <summary>How many bytes were written and right so far. Safe to read from any thread.</summary>
    public long Verified => Volatile.Read(ref _verified);

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads <paramref name="source"/> to its end and returns how many bytes it had, all of them right.</summary>
    /// <exception cref="InvalidDataException">A byte differs.</exception>
    public static async Task<long> VerifyAsync(
        Stream source,
        int seed,
        long offset = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        await using var verifier = new VerifyingStream(seed, offset);
        await source.CopyToAsync(verifier, cancellationToken);
        return verifier.Verified;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A byte differs.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var mismatch = TestBytes.FindMismatch(seed, offset + _verified, buffer);
        if (mismatch >= 0)
        {
            throw new InvalidDataException($"Byte {mismatch} of pattern {seed} is not as it was sent.");
        }

        Volatile.Write(ref _verified, _verified + buffer.Length);
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
