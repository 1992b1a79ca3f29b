using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>
/// The SHA-256 of content while it is read for the first time. It also knows what the digest was at the ends of blocks, so that a block
/// that is read again can be compared before a byte of it leaves.
/// </summary>
/// <remarks>
/// A hash of its own for each block would mean to hash everything twice. Instead it keeps the state of the one hash after each block. That
/// costs nothing while sending, and about 400 bytes for 8 MiB: 15 MB for 300 GB. A block is the least that is read again, and is held in
/// memory while it is compared.
/// </remarks>
/// <param name="keepsBlocks">Whether blocks will be compared.</param>
internal sealed class ContentDigest(bool keepsBlocks) : IDisposable
{
    public const int BlockBytes = 8 * 1024 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<IncrementalHash> _blockEnds = [];

    /// <summary>Gets how many bytes it has taken in.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets the digest of what it has taken in.</summary>
    public byte[] Value => _hash.GetCurrentHash();

    /// <summary>Takes in the bytes that follow.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var part = bytes[..(int)Math.Min(bytes.Length, BlockBytes - (Bytes % BlockBytes))];
            _hash.AppendData(part);
            Bytes += part.Length;
            bytes = bytes[part.Length..];
            if (keepsBlocks && Bytes % BlockBytes == 0)
            {
                _blockEnds.Add(_hash.Clone());
            }
        }
    }

    /// <summary>Says whether a block is as it was.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="bytes">Its bytes now. Of the last block, those that were taken in.</param>
    public bool IsSame(int block, ReadOnlySpan<byte> bytes)
    {
        using var hash = block == 0 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : _blockEnds[block - 1].Clone();
        hash.AppendData(bytes);
        var before = block < _blockEnds.Count ? _blockEnds[block] : _hash;
        return before.GetCurrentHash().AsSpan().SequenceEqual(hash.GetCurrentHash());
    }

    public void Dispose()
    {
        _hash.Dispose();
        _blockEnds.ForEach(static end => end.Dispose());
    }
}
