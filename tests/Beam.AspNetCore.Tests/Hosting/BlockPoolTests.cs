using System.Buffers;
using Beam.AspNetCore.Hosting;

namespace Beam.AspNetCore.Tests.Hosting;

public sealed class BlockPoolTests
{
    [Fact]
    public void Rent_GivesABlockAgain_WhenItCameBack()
    {
        using var pool = new BlockPool(new BlockUse());
        var first = pool.Rent();
        var memory = first.Memory;
        first.Dispose();

        using var second = pool.Rent();

        Assert.Equal(128 * 1024, memory.Length);
        Assert.True(memory.Equals(second.Memory));
    }

    [Fact]
    public void Rent_GivesSmallerBlocks_WhenManyAreInUse_AndLargeOnesAgainAfterwards()
    {
        // Two pools of one server share what is in use.
        var use = new BlockUse();
        using var pool = new BlockPool(use);
        using var other = new BlockPool(use);
        List<IMemoryOwner<byte>> blocks = [];
        int[] Sizes(int count) => [.. Enumerable.Range(0, count).Select(i =>
        {
            blocks.Add((i % 2 == 0 ? pool : other).Rent(4096));
            return blocks[^1].Memory.Length;
        })];

        Assert.All(Sizes(32), static size => Assert.Equal(128 * 1024, size));
        Assert.All(Sizes(64), static size => Assert.Equal(64 * 1024, size));
        Assert.All(Sizes(512), static size => Assert.Equal(16 * 1024, size));
        Assert.All(Sizes(100), static size => Assert.Equal(8 * 1024, size));
        using (var asked = pool.Rent((16 * 1024) + 1))
        {
            Assert.Equal(64 * 1024, asked.Memory.Length);
        }

        blocks.ForEach(static block => block.Dispose());
        Assert.Equal(0, use.Bytes);
        using var again = pool.Rent();
        Assert.Equal(128 * 1024, again.Memory.Length);
    }

    [Fact]
    public void Return_KeepsNoMoreThan64OfEachSize_NorMoreThan4MiB()
    {
        using var pool = new BlockPool(new BlockUse());
        List<IMemoryOwner<byte>> blocks = [.. Enumerable.Range(0, 1000).Select(_ => pool.Rent())];

        blocks.ForEach(static block => block.Dispose());

        Assert.Equal(32 + (3 * 64), pool.IdleBlocks);
    }

    [Fact]
    public void Rent_Throws_WhenMoreThanABlockIsAskedFor()
    {
        using var pool = new BlockPool(new BlockUse());

        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent((128 * 1024) + 1));
    }

    [Fact]
    public void Dispose_LetsGoOfWhatComesBackLater()
    {
        var pool = new BlockPool(new BlockUse());
        var block = pool.Rent();

        pool.Dispose();
        block.Dispose();

        Assert.Equal(0, pool.IdleBlocks);
    }
}
