using Beam.Buffering;

namespace Beam.Core.Tests.Buffering;

/// <summary>A reader that cannot go back to where it wants changes nothing for the writer and the other readers.</summary>
[Trait("Rule", "P22")]
public sealed class RefusedRewindTests
{
    private const int Kibibyte = BufferBench.Kibibyte;
    private const int Mebibyte = BufferBench.Mebibyte;

    private static readonly MemoryChunkBufferLimits KeepsMuchForAReturn = new(256 * Kibibyte, 64 * Kibibyte, 4 * Mebibyte);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writer_GoesOn_AfterARefusedReturn(bool spills)
    {
        using var bench = new BufferBench(limits: KeepsMuchForAReturn);
        await using IChunkBuffer buffer = spills ? bench.CreateSpilling() : bench.CreateMemory();
        buffer.IsAttended = true;
        const int Piece = 64 * Kibibyte;
        var to = 0;
        for (; to < Mebibyte; to += Piece)
        {
            await buffer.AppendAsync(to, Piece).Soon();
            await buffer.ReadUpToAsync(to, to + Piece);
        }

        Assert.False(buffer.TryRewind(long.MaxValue));

        // A window's worth, with nobody that reads.
        Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(to, 256 * Kibibyte).Soon());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Nothing_Changes_WheneverAReturnIsRefused(int seed)
    {
        using var bench = new BufferBench(limits: new MemoryChunkBufferLimits(256 * Kibibyte, 64 * Kibibyte, 512 * Kibibyte));
        await using (var buffer = bench.CreateSpilling())
        {
            var random = new Random(seed);
            var (reader, to, refused) = (0L, 0, 0);
            var writing = Task.FromResult(AppendStatus.Appended);
            for (var step = 0; step < 400; step++)
            {
                switch (random.Next(8))
                {
                    case 0 or 1 when writing.IsCompleted:
                        var count = random.Next(200 * Kibibyte);
                        writing = buffer.AppendAsync(to, count);
                        to += count;
                        break;

                    case 2 or 3 when reader < buffer.Held.To:
                        var end = reader + random.NextInt64(buffer.Held.To - reader) + 1;
                        await buffer.ReadUpToAsync(reader, end);
                        reader = end;
                        break;

                    case 4:
                        buffer.IsAttended = !buffer.IsAttended;
                        break;

                    case 5 when random.NextInt64(buffer.Held.To + 1) is var back && buffer.TryRewind(back):
                        reader = back;
                        buffer.Release(back);
                        break;

                    default:
                        refused += Refuses(bench, buffer, random, writing) ? 1 : 0;
                        break;
                }
            }

            // What was accepted holds to the end: every byte that the reader has gone back to is there.
            buffer.IsAttended = true;
            if (!writing.IsCompleted)
            {
                await buffer.ReadUpToAsync(reader, to);
                reader = to;
            }

            await writing.Soon();
            buffer.Complete();
            Assert.Equal((to, ChunkReadStatus.End), await buffer.ReadToEndAsync(reader));
            Assert.NotEqual(0, refused);
        }

        bench.AssertNothingIsHeld();
    }

    [Fact]
    public async Task Bytes_StayOnTheDisk_ForAReaderThatWentBackToThemInMemory()
    {
        using var bench = new BufferBench(diskBytes: 2 * Mebibyte, limits: KeepsMuchForAReturn);
        await using var buffer = bench.CreateSpilling();
        buffer.IsAttended = true;
        var writing = buffer.AppendAsync(0, Mebibyte);
        await buffer.ReadUpToAsync(0, Mebibyte);
        await writing.Soon();

        Assert.True(buffer.TryRewind(600 * Kibibyte));
        buffer.IsAttended = false;
        var more = buffer.AppendAsync(Mebibyte, 4 * Mebibyte);
        await Eventually.TrueAsync(() => bench.Disk.IsUnderPressure, "the disk runs low");

        buffer.IsAttended = true;
        await buffer.ReadUpToAsync(600 * Kibibyte, 5 * Mebibyte);
        Assert.Equal(AppendStatus.Appended, await more.Soon());
    }

    private static bool Refuses(BufferBench bench, SpillingChunkBuffer buffer, Random random, Task writing)
    {
        // A writer that moves bytes to the disk changes what is compared.
        if (!writing.IsCompleted)
        {
            return false;
        }

        var held = buffer.Held;
        var before = (held, buffer.RoomBytes, buffer.IsAttended, bench.Memory.UsedBytes, bench.Disk.UsedBytes);
        var offset = held.From > 0 && random.Next(2) == 0
            ? random.NextInt64(held.From)
            : held.To + 1 + random.NextInt64(random.Next(2) == 0 ? 10 : long.MaxValue - held.To - 1);
        Assert.False(buffer.TryRewind(offset));
        Assert.Equal(before, (buffer.Held, buffer.RoomBytes, buffer.IsAttended, bench.Memory.UsedBytes, bench.Disk.UsedBytes));
        return true;
    }
}
