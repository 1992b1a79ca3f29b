namespace Beam.Client;

/// <summary>What is sent. It can be read again from where the server asks, and has the digest of everything that was read.</summary>
/// <param name="isReadAgain">Whether the content itself is read again, so that it must be compared with what it was.</param>
internal abstract class SendSource(bool isReadAgain) : IDisposable
{
    private readonly ContentDigest _digest = new(isReadAgain);

    /// <summary>Gets the length; <see langword="null"/> until it is known.</summary>
    public long? Length { get; protected set; }

    /// <summary>Gets the position up to which everything has been read, and taken into the digest.</summary>
    public long ReadTo => _digest.Bytes;

    /// <summary>Gets the first offset that can be read again.</summary>
    public abstract long ReplayableFrom { get; }

    /// <summary>Gets the exception that the content itself threw, as opposed to the network.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Gets the digest of what was read.</summary>
    public byte[] Digest => _digest.Value;

    /// <summary>Gets the digest of what was read in hexadecimal letters.</summary>
    public string Sha256 => Convert.ToHexStringLower(Digest);

    /// <summary>Reads some bytes.</summary>
    /// <param name="offset">From where; from <see cref="ReplayableFrom"/> to <see cref="ReadTo"/>.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait for them, without losing bytes.</param>
    /// <returns>The bytes, valid until the next call; none at the end.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, long most, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> bytes;
        try
        {
            bytes = await ReadCoreAsync(offset, most, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOwn(exception, cancellationToken))
        {
            Failure = exception;
            throw;
        }

        var end = offset + bytes.Length;
        if (end > ReadTo)
        {
            _digest.Append(bytes.Span[(int)(ReadTo - offset)..]);
        }
        else if (bytes.IsEmpty && Length is { } length && end < length)
        {
            Failure = new BeamException(BeamError.SourceTooShort, "The content ended before its declared length.");
            throw Failure;
        }
        else if (bytes.IsEmpty)
        {
            Length = end;
        }

        return bytes;
    }

    /// <summary>Makes sure that the content is still what it was, before it is sent again or its rest follows.</summary>
    /// <param name="offset">From where it is sent; from <see cref="ReplayableFrom"/> to <see cref="ReadTo"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BeamException">It is not: <see cref="BeamError.SourceChanged"/>.</exception>
    public async ValueTask ReturnToAsync(long offset, CancellationToken cancellationToken)
    {
        try
        {
            await ReturnToCoreAsync(offset, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOwn(exception, cancellationToken))
        {
            Failure = exception;
            throw;
        }
    }

    /// <summary>Reads everything before an offset, so that the digest covers the whole content.</summary>
    public async Task CatchUpAsync(long offset, CancellationToken cancellationToken)
    {
        while (ReadTo < offset && !(await ReadAsync(ReadTo, offset - ReadTo, cancellationToken).ConfigureAwait(false)).IsEmpty)
        {
        }
    }

    public void Dispose() => _digest.Dispose();

    protected bool IsSame(int block, ReadOnlySpan<byte> bytes) => _digest.IsSame(block, bytes);

    protected abstract ValueTask ReturnToCoreAsync(long offset, CancellationToken cancellationToken);

    protected abstract ValueTask<ReadOnlyMemory<byte>> ReadCoreAsync(long offset, long most, CancellationToken cancellationToken);

    private static bool IsOwn(Exception exception, CancellationToken cancellationToken)
        => exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested;
}
