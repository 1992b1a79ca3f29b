using Beam.Holding;

namespace Beam.Core.Tests.Buffering;

/// <summary>A disk that refuses a read in a way that nobody expects.</summary>
[Trait("Rule", "P3")]
public sealed class DiskReadTests
{
    [Fact]
    public async Task Read_ThatThrows_GivesItsMemoryBack()
    {
        using var bench = new BufferBench();
        var path = bench.Folder["held"];
        var writable = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        await using (var buffer = new HeldFileBuffer(writable, path, bench.Pool, bench.Disk, leasedBytes: 0))
        {
            await buffer.AppendAsync(new byte[1000]);

            await Assert.ThrowsAsync<UnauthorizedAccessException>(() => buffer.ReadAsync(0).AsTask());

            Assert.Equal(0, bench.Memory.UsedBytes);
        }

        bench.AssertNothingIsHeld();
    }
}
