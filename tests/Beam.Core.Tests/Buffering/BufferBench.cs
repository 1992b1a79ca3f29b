using Beam.Buffering;

namespace Beam.Core.Tests.Buffering;

/// <summary>Budgets, a pool and a spill directory to test buffers with.</summary>
internal sealed class BufferBench : IDisposable
{
    public const int Kibibyte = 1024;
    public const int Mebibyte = 1024 * Kibibyte;

    private readonly SpillDirectory _directory;

    public BufferBench(
        long memoryBytes = 16 * Mebibyte,
        long diskBytes = 64 * Mebibyte,
        MemoryChunkBufferLimits? limits = null,
        long files = long.MaxValue)
    {
        Files = new BufferBudget(files);
        Memory = new BufferBudget(memoryBytes);
        Disk = new BufferBudget(diskBytes);
        Share = new SpillShare(new BufferBudget(diskBytes), Disk, charge: null);
        Pool = new ChunkPool(Memory);
        Limits = limits ?? new MemoryChunkBufferLimits(256 * Kibibyte, 64 * Kibibyte, 0);
        _directory = new SpillDirectory(Folder["spill"]);
    }

    public BufferBudget Memory { get; }

    public BufferBudget Disk { get; }

    public SpillShare Share { get; }

    public BufferBudget Files { get; }

    public ChunkPool Pool { get; }

    public MemoryChunkBufferLimits Limits { get; }

    public TempFolder Folder { get; } = new();

    public MemoryChunkBuffer CreateMemory() => new(Pool, Limits);

    public SpillFile CreateFile(long? length = null) => new(_directory, Share, Files, length);

    public SpillingChunkBuffer CreateSpilling(long? length = null) => new(CreateMemory(), Pool, CreateFile(length));

    public void AssertNothingIsHeld()
    {
        Assert.Equal(0, Memory.UsedBytes);
        Assert.Equal(0, Disk.UsedBytes);
        Assert.Equal(0, Files.UsedBytes);
        Assert.Empty(Folder.Files());
    }

    public void Dispose() => Folder.Dispose();
}
