namespace Beam.AspNetCore.Hosting;

/// <summary>How many bytes of all pools of a server are in use, and so how large the next block may be.</summary>
/// <remarks>
/// The total decides, not the connection that a block is for: a few connections that move much get large blocks, and thousands of waiting
/// uploads get small ones. Thread-safe.
/// </remarks>
internal sealed class BlockUse
{
    /// <summary>The sizes of blocks, the largest first.</summary>
    public static readonly IReadOnlyList<int> Sizes = [128 * 1024, 64 * 1024, 16 * 1024, 8 * 1024];

    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Says how large a block to rent now, as an index of <see cref="Sizes"/>.</summary>
    public int NextSize() => Bytes switch
    {
        < 4 * 1024 * 1024 => 0,
        < 8 * 1024 * 1024 => 1,
        < 16 * 1024 * 1024 => 2,
        _ => 3,
    };

    public void Add(int bytes) => Interlocked.Add(ref _bytes, bytes);
}
