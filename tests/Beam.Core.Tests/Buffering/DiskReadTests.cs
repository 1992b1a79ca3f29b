using Beam.Buffering;
using Beam.Holding;

namespace Beam.Core.Tests.Buffering;

/// <summary>A disk that refuses a read.</summary>
[Trait("Rule", "P3")]
public sealed class DiskReadTests
{
    [Fact]
    public async Task Read_OfAFileThatWasClosed_Fails_AndGivesItsMemoryBack()
    {
        using var bench = new BufferBench();
        var file = HeldFile.Create(new HeldDirectory(bench.Folder["held"], bench.Files), bench.Disk);
        await using (var buffer = new HeldFileBuffer(file, bench.Pool, new DiskLease(bench.Disk), length: null))
        {
            await buffer.AppendAsync(new byte[1000]);
            file.Bytes.Close();

            var read = await buffer.ReadAsync(0);

            Assert.Equal(ChunkReadStatus.Failed, read.Status);

            Assert.Equal(0, bench.Memory.UsedBytes);
        }

        bench.AssertNothingIsHeld();
    }
}
