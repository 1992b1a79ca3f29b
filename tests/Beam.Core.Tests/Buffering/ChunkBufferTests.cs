using Beam.Buffering;

namespace Beam.Core.Tests.Buffering;

/// <summary>What any <see cref="IChunkBuffer"/> must do. Derive from it to check one of your own.</summary>
public abstract class ChunkBufferTests
{
    private const int Seed = BufferReading.Seed;

    /// <summary>Gets more bytes than the buffer takes while somebody reads but releases nothing.</summary>
    protected virtual int MoreThanFits => 4 * 1024 * 1024;

    /// <summary>Makes an empty buffer; the tests dispose it.</summary>
    protected abstract IChunkBuffer Create(long? length = null);

    /// <summary>Fails when anything is still held although every buffer was disposed.</summary>
    protected abstract void AssertNothingIsHeld();

    [Fact]
    public async Task Read_GivesWhatWasAppended()
    {
        await using var buffer = Create();
        Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(0, 10_000).Soon());
        buffer.Complete();

        Assert.Equal((10_000, ChunkReadStatus.End), await buffer.ReadToEndAsync());
    }

    [Fact]
    public async Task Read_EndsAtOnce_WhenNothingWasAppended()
    {
        await using var buffer = Create(length: 0);
        buffer.Complete();

        Assert.Equal((0, ChunkReadStatus.End), await buffer.ReadToEndAsync());
    }

    [Fact]
    public async Task ReadAsync_Waits_ForTheWriter()
    {
        await using var buffer = Create();
        var reading = buffer.ReadAsync(0).AsTask();
        Assert.False(reading.IsCompleted);

        Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(0, 1).Soon());

        using var read = await reading.Soon();
        Assert.Equal(TestBytes.Create(Seed, 1), read.Memory.ToArray());
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task ReadAsync_EndsWell_OnlyByComplete()
    {
        await using var completed = Create();
        var wellEnded = completed.ReadAsync(0).AsTask();
        completed.Complete();
        Assert.Equal(ChunkReadStatus.End, (await wellEnded.Soon()).Status);

        await using var failed = Create();
        var broken = failed.ReadAsync(0).AsTask();
        failed.Fail();
        Assert.Equal(ChunkReadStatus.Failed, (await broken.Soon()).Status);

        var disposed = Create();
        var abandoned = disposed.ReadAsync(0).AsTask();
        await disposed.DisposeAsync();
        Assert.Equal(ChunkReadStatus.Failed, (await abandoned.Soon()).Status);
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Fail_HidesWhatIsLeft_EvenAfterComplete()
    {
        await using var buffer = Create();
        await buffer.AppendAsync(0, 1_000).Soon();
        buffer.Complete();
        buffer.Fail();

        Assert.Equal(ChunkReadStatus.Failed, await buffer.StatusAtAsync(0));
        Assert.Equal(ChunkReadStatus.Failed, await buffer.StatusAtAsync(1_000));
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Complete_DoesNothing_AfterFail()
    {
        await using var buffer = Create();
        buffer.Fail();
        buffer.Complete();
        buffer.Complete();

        Assert.Equal(ChunkReadStatus.Failed, await buffer.StatusAtAsync(0));
    }

    [Fact]
    public async Task AppendAsync_Throws_AfterComplete()
    {
        await using var buffer = Create();
        buffer.Complete();

        await Assert.ThrowsAsync<InvalidOperationException>(() => buffer.AppendAsync(0, 1));
    }

    [Fact]
    public async Task AppendAsync_IsClosed_AfterTheEnd()
    {
        await using var buffer = Create();
        buffer.Fail();
        Assert.Equal(AppendStatus.Closed, await buffer.AppendAsync(0, 1).Soon());

        await buffer.DisposeAsync();
        await buffer.DisposeAsync();
        Assert.Equal(AppendStatus.Closed, await buffer.AppendAsync(0, 1).Soon());
    }

    [Fact]
    public async Task AppendAsync_TakesNoBytesAtOnce_WhenThereAreNone()
    {
        await using var buffer = Create();

        Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(0, 0).Soon());
        Assert.Equal(new HeldRange(0, 0), buffer.Held);
    }

    [Fact]
    public async Task ReadAsync_Throws_OutsideOfTheLog()
    {
        await using var buffer = Create();
        await buffer.AppendAsync(0, 10).Soon();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await buffer.ReadAsync(-1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await buffer.ReadAsync(11));
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task AppendAsync_Waits_UntilTheReaderReleases()
    {
        await using var buffer = Create();
        buffer.IsAttended = true;
        var writing = buffer.AppendAsync(0, MoreThanFits);
        Assert.False(writing.IsCompleted);
        Assert.InRange(buffer.Held.To, 1, MoreThanFits - 1);

        var reading = buffer.ReadToEndAsync();

        Assert.Equal(AppendStatus.Appended, await writing.Soon());
        buffer.Complete();
        Assert.Equal((MoreThanFits, ChunkReadStatus.End), await reading.Soon());
    }

    [Fact]
    public async Task Fail_EndsTheWritersWait()
    {
        await using var buffer = Create();
        buffer.IsAttended = true;
        var writing = buffer.AppendAsync(0, MoreThanFits);
        Assert.False(writing.IsCompleted);

        buffer.Fail();

        Assert.Equal(AppendStatus.Closed, await writing.Soon());
    }

    [Fact]
    public async Task Lease_StaysReadable_WhateverHappensToTheBuffer()
    {
        var buffer = Create();
        await buffer.AppendAsync(0, 5_000).Soon();
        var read = await buffer.ReadAsync(0).Soon();
        var same = await buffer.ReadAsync(0).Soon();

        buffer.Release(5_000);
        await buffer.DisposeAsync();
        await using (var other = Create())
        {
            await other.AppendAsync(5_000, 50_000).Soon();
        }

        Assert.Equal(-1, TestBytes.FindMismatch(Seed, 0, read.Memory.Span));
        read.Dispose();
        Assert.Equal(-1, TestBytes.FindMismatch(Seed, 0, same.Memory.Span));
        same.Dispose();
        AssertNothingIsHeld();
    }

    [Fact]
    public async Task ReadAsync_SaysNotHeld_BelowTheHeldRange()
    {
        await using var buffer = Create();
        buffer.IsAttended = true;
        var writing = buffer.AppendAsync(0, MoreThanFits);
        await buffer.ReadUpToAsync(0, MoreThanFits / 2);
        Assert.False(writing.IsCompleted);

        var from = buffer.Held.From;
        Assert.InRange(from, 1, MoreThanFits);
        Assert.Equal(ChunkReadStatus.NotHeld, await buffer.StatusAtAsync(from - 1));
        Assert.Equal(ChunkReadStatus.Bytes, await buffer.StatusAtAsync(from));
    }

    [Fact]
    public async Task Release_ChangesNothing_WhenLowerThanBefore()
    {
        await using var buffer = Create();
        await buffer.AppendAsync(0, 60_000).Soon();
        buffer.Release(60_000);
        var held = buffer.Held;

        buffer.Release(0);
        buffer.Release(10);

        Assert.Equal(held, buffer.Held);
    }

    [Fact]
    public async Task Buffer_GivesTheSameBytes_WhateverTheSplitsAndLags()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            await RunAsync(seed, Ending.Complete);
        }

        AssertNothingIsHeld();
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Buffer_GivesNoEnd_WhenItFailsAtAnyMoment()
    {
        for (var seed = 0; seed < 120; seed++)
        {
            await RunAsync(seed, seed % 2 == 0 ? Ending.Fail : Ending.Dispose);
        }

        AssertNothingIsHeld();
    }

    private async Task RunAsync(int seed, Ending ending)
    {
        var random = new Random(seed);
        var length = random.Next(4) switch
        {
            0 => random.Next(100),
            1 => random.Next(20_000),
            2 => random.Next(300_000),
            _ => random.Next(3_000_000),
        };
        var largestAppend = random.Next(2) == 0 ? 200_000 : 3_000;
        try
        {
            await using var buffer = Create(random.Next(2) == 0 ? length : null);
            var readers = new SlowestReader(buffer, 1 + random.Next(3));
            Task[] all =
            [
                Task.Run(() => WriteAsync(buffer, new Random(seed + 1), length, largestAppend, ending)),
                Task.Run(() => ToggleAsync(buffer, new Random(seed + 2))),
                .. Enumerable.Range(0, readers.Count).Select(
                    i => Task.Run(() => ReadAsync(buffer, new Random(seed + 3 + i), readers, i, length, ending))),
                ending == Ending.Complete ? Task.CompletedTask : Task.Run(() => EndAsync(buffer, new Random(seed + 9), ending)),
            ];
            await Task.WhenAll(all).Soon();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new InvalidOperationException($"Seed {seed}, {ending}, {length} bytes: {exception.Message}", exception);
        }
    }

    private static async Task WriteAsync(IChunkBuffer buffer, Random random, int length, int largestAppend, Ending ending)
    {
        for (var offset = 0; offset < length;)
        {
            var count = Math.Min(random.Next(1, largestAppend), length - offset);
            var status = await buffer.AppendAsync(offset, count);
            if (status != AppendStatus.Appended)
            {
                Assert.True(ending != Ending.Complete && status == AppendStatus.Closed, $"The append ended with {status}.");
                return;
            }

            offset += count;
        }

        if (ending == Ending.Complete)
        {
            buffer.Complete();
        }
    }

    private static async Task ToggleAsync(IChunkBuffer buffer, Random random)
    {
        for (var i = random.Next(12); i > 0; i--)
        {
            buffer.IsAttended = random.Next(2) == 0;
            await PauseAsync(random);
        }

        buffer.IsAttended = true;
    }

    private static async Task ReadAsync(IChunkBuffer buffer, Random random, SlowestReader readers, int index, int length, Ending ending)
    {
        var offset = 0L;
        while (true)
        {
            using (var read = await buffer.ReadAsync(offset))
            {
                if (read.Status != ChunkReadStatus.Bytes)
                {
                    Assert.Equal(ending == Ending.Complete ? ChunkReadStatus.End : ChunkReadStatus.Failed, read.Status);
                    Assert.True(ending != Ending.Complete || offset == length, $"The log ended at {offset}.");
                    return;
                }

                var used = random.Next(3) == 0 ? random.Next(1, read.Memory.Length + 1) : read.Memory.Length;
                await PauseAsync(random);
                Assert.Equal(-1, TestBytes.FindMismatch(Seed, offset, read.Memory.Span[..used]));
                offset += used;
            }

            readers.Advance(index, offset);
        }
    }

    private static async Task EndAsync(IChunkBuffer buffer, Random random, Ending ending)
    {
        for (var i = random.Next(200); i > 0; i--)
        {
            await PauseAsync(random);
        }

        if (ending == Ending.Dispose)
        {
            await buffer.DisposeAsync();
        }
        else
        {
            buffer.Fail();
        }
    }

    private static async Task PauseAsync(Random random)
    {
        for (var i = random.Next(4); i > 0; i--)
        {
            await Task.Yield();
        }
    }

    private enum Ending
    {
        Complete,
        Fail,
        Dispose,
    }

    /// <summary>Releases what the slowest of several readers has read.</summary>
    private sealed class SlowestReader(IChunkBuffer buffer, int count)
    {
        private readonly long[] _offsets = new long[count];

        public int Count => count;

        public void Advance(int reader, long offset)
        {
            Volatile.Write(ref _offsets[reader], offset);
            buffer.Release(_offsets.Min());
        }
    }
}
