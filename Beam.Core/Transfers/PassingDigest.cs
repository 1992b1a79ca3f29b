using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Beam.Transfers;

/// <summary>
/// The SHA-256 of a file, computed while receivers read it, for a receiver that will confirm and came after the sender had begun. It needs
/// every byte from the first on, in order, whichever receiver reads it.
/// </summary>
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "It ends with the transfer, which has no disposal of its own; the hash frees itself.")]
internal sealed class PassingDigest
{
    private readonly Lock _lock = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _to;

    /// <summary>Takes in what a receiver reads at an offset, as far as that goes on from what it has.</summary>
    public void Append(long offset, ReadOnlySpan<byte> bytes)
    {
        // Several receivers may read the same at the same time. One of them is ahead, and the others find nothing to do.
        lock (_lock)
        {
            var known = _to - offset;
            if (known >= 0 && known < bytes.Length)
            {
                _hash.AppendData(bytes[(int)known..]);
                _to = offset + bytes.Length;
            }
        }
    }

    /// <summary>The digest of a file of this length; <see langword="null"/> while not all of it has passed.</summary>
    public ReadOnlyMemory<byte>? ValueAt(long length)
    {
        lock (_lock)
        {
            return _to == length ? _hash.GetCurrentHash() : (ReadOnlyMemory<byte>?)null;
        }
    }
}
