using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Beam.Transfers;

/// <summary>The SHA-256 of a file, computed once while the file passes, and only when somebody asked for it.</summary>
/// <remarks>For one sender at a time; <see cref="Value"/> may be read from any thread.</remarks>
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "It ends with the transfer, which has no disposal of its own; the hash frees itself.")]
internal sealed class TransferDigest
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private volatile byte[]? _value;

    // A byte that was taken in before the log had it. The connection that brings it may break, and another then brings it again.
    private byte? _ahead;
    private bool _isOther;

    public TransferDigest()
    {
    }

    /// <summary>The digest of a file that has passed already.</summary>
    public TransferDigest(byte[] value)
    {
        _value = value;
    }

    /// <summary>Gets the digest; <see langword="null"/> until the whole file has passed.</summary>
    // Without the cast a missing digest would become an empty one: null would convert to an array, and the array to memory.
    public ReadOnlyMemory<byte>? Value => _value is { } value ? value : (ReadOnlyMemory<byte>?)null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_ahead is { } ahead && bytes.Length > 0)
        {
            // Another byte in its place makes another file than the one whose digest was right.
            _isOther |= bytes[0] != ahead;
            _ahead = null;
            bytes = bytes[1..];
        }

        _hash.AppendData(bytes);
    }

    /// <summary>Says whether the bytes so far, and then <paramref name="last"/>, have this digest.</summary>
    /// <param name="expected">The digest.</param>
    /// <param name="last">At most one byte. It comes again with <see cref="Append"/> once the log has it.</param>
    public bool IsWith(ReadOnlySpan<byte> last, ReadOnlySpan<byte> expected)
    {
        Append(last);
        _ahead = last.IsEmpty ? _ahead : last[0];

        return !_isOther && _hash.GetCurrentHash().AsSpan().SequenceEqual(expected);
    }

    public void Complete() => _value ??= _hash.GetCurrentHash();
}
