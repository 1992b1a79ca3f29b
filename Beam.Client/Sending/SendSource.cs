using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>What is sent, readable again from where the server asks, with the digest of everything that was read once.</summary>
internal abstract class SendSource : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Gets the length; <see langword="null"/> until it is known.</summary>
    public long? Length { get; protected set; }

    /// <summary>Gets up to where everything has been read, and taken into the digest.</summary>
    public long ReadTo { get; private set; }

    /// <summary>Gets the first offset that can be read again.</summary>
    public abstract long ReplayableFrom { get; }

    /// <summary>Gets what the content itself threw, as opposed to the network.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Gets the digest of what was read.</summary>
    public byte[] Digest => _hash.GetCurrentHash();

    /// <summary>Gets the digest of what was read in hexadecimal letters.</summary>
    public string Sha256 => Convert.ToHexStringLower(Digest);

    /// <summary>Reads some bytes.</summary>
    /// <param name="offset">From where; from <see cref="ReplayableFrom"/> to <see cref="ReadTo"/>.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait for them; nothing is lost by that.</param>
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
            Failure = new BeamException(BeamError.SourceTooShort, "What is sent has ended before the length that it was said to have.");
            throw Failure;
        }
        else if (bytes.IsEmpty)
        {
            Length = end;
        }

        return bytes;
    }

    /// <summary>Reads what lies before an offset, so that the digest is that of the whole.</summary>
    public async Task CatchUpAsync(long offset, CancellationToken cancellationToken)
    {
        while (ReadTo < offset && !(await ReadAsync(ReadTo, offset - ReadTo, cancellationToken).ConfigureAwait(false)).IsEmpty)
        {
        }
    }

    public void Dispose() => _hash.Dispose();

    protected abstract ValueTask<ReadOnlyMemory<byte>> ReadCoreAsync(long offset, long most, CancellationToken cancellationToken);
}
