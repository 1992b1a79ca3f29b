namespace Beam.AspNetCore.Hosting;

/// <summary>How many bytes of all pools of a server are in use, and so how large the next block may be.</summary>
/// <remarks>
/// Whatever connection a block is for, it is the crowd that decides: some connections that move much get large blocks, and thousands of uploads that
/// wait get small ones. Thread-safe.
/// </remarks>
internal sealed class BlockUse
{
    /// <summary>As long as less than this is in use, blocks are large.</summary>
    public const long PlentyBytes = 8 * 1024 * 1024;

    /// <summary>From here on they are small.</summary>
    public const long ScarceBytes = 16 * 1024 * 1024;

    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Says how large a block to rent now.</summary>
    public int NextBlockBytes() => Bytes switch
    {
        < PlentyBytes => BlockPool.LargeBytes,
        < ScarceBytes => BlockPool.MediumBytes,
        _ => BlockPool.SmallBytes,
    };

    public void Add(int bytes) => Interlocked.Add(ref _bytes, bytes);
}
