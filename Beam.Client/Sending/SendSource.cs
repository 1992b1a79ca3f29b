using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>What is sent. It can be read again from where the server asks, and has the digest of everything that was read.</summary>
internal abstract class SendSource : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Gets the length; <see langword="null"/> until it is known.</summary>
    public long? Length { get; protected set; }

    /// <summary>Gets the position up to which everything has been read, and taken into the digest.</summary>
    public long ReadTo { get; private set; }

    /// <summary>Gets the first offset that can be read again.</summary>
    public abstract long ReplayableFrom { get; }

    /// <summary>Gets the exception that the content itself threw, as opposed to the network.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Gets the digest of what was read.</summary>
    public byte[] Digest => _hash.GetCurrentHash();

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
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failure = exception;
            throw;
        }

        var end = offset + bytes.Length;
        if (end > ReadTo)
        {
            _hash.AppendData(bytes.Span[(int)(ReadTo - offset)..]);
            ReadTo = end;
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

    /// <summary>Reads everything before an offset, so that the digest covers the whole content.</summary>
    public async Task CatchUpAsync(long offset, CancellationToken cancellationToken)
    {
        while (ReadTo < offset && !(await ReadAsync(ReadTo, offset - ReadTo, cancellationToken).ConfigureAwait(false)).IsEmpty)
        {
        }
    }

    public void Dispose() => _hash.Dispose();

    protected abstract ValueTask<ReadOnlyMemory<byte>> ReadCoreAsync(long offset, long most, CancellationToken cancellationToken);
}
