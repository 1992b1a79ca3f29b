using Beam.Buffering;

namespace Beam.Core.Tests.Buffering;

public sealed class MemoryChunkBufferTests : ChunkBufferTests, IDisposable
{
    private const int Kibibyte = BufferBench.Kibibyte;
    private const int Large = ChunkPool.LargestBytes;

    private readonly BufferBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Buffer_TakesNoMemory_BeforeTheFirstByte()
    {
        _ = _bench.CreateMemory();

        Assert.Equal(0, _bench.Memory.UsedBytes);
    }

    [Fact]
    public async Task AppendAsync_StartsSmall()
    {
        await using var buffer = _bench.CreateMemory();
        await buffer.AppendAsync(0, 100).Soon();

        Assert.Equal(4 * Kibibyte, _bench.Memory.UsedBytes);
    }

    [Fact]
    public async Task AppendAsync_TakesReadAheadOnly_WhileNobodyReads()
    {
        await using var buffer = _bench.CreateMemory();
        var writing = buffer.AppendAsync(0, 1024 * Kibibyte);

        Assert.Equal(new HeldRange(0, _bench.Limits.ReadAheadBytes), buffer.Held);

        buffer.IsAttended = true;
        await Eventually.TrueAsync(() => buffer.Held.To == _bench.Limits.WindowBytes, "an attended buffer fills its window");
        Assert.False(writing.IsCompleted);
        Assert.InRange(_bench.Memory.UsedBytes, 1, _bench.Limits.WindowBytes + Large);
    }

    [Fact]
    public async Task Release_KeepsRewindBytes_WhileThereIsRoom()
    {
        using var bench = new BufferBench(limits: new(512 * Kibibyte, 64 * Kibibyte, 128 * Kibibyte));
        await using var buffer = bench.CreateMemory();
        buffer.IsAttended = true;
        await buffer.AppendAsync(0, 300 * Kibibyte).Soon();
        await buffer.ReadUpToAsync(0, 300 * Kibibyte);

        Assert.InRange(buffer.Held.From, 1, 172 * Kibibyte);
        await buffer.ReadUpToAsync(buffer.Held.From, 300 * Kibibyte, releases: false);
    }

    [Fact]
    public async Task Release_KeepsNoRewindBytes_UnderPressure()
    {
        using var bench = new BufferBench(1024 * Kibibyte, limits: new(256 * Kibibyte, 64 * Kibibyte, 128 * Kibibyte));
        Assert.True(bench.Memory.TryLease(720 * Kibibyte, BudgetPriority.Essential));
        await using var buffer = bench.CreateMemory();
        buffer.IsAttended = true;
        await buffer.AppendAsync(0, 128 * Kibibyte).Soon();
        await buffer.ReadUpToAsync(0, 128 * Kibibyte);

        Assert.Equal(128 * Kibibyte, buffer.Held.From);
        Assert.Equal(720 * Kibibyte, bench.Memory.UsedBytes);
    }

    /// <summary>A transfer that stands still releases nothing by itself; the relay repeats the last release.</summary>
    [Theory]
    [InlineData(300 * Kibibyte)]
    [InlineData(0)]
    public async Task Release_GivesUpRewindBytes_WhenItIsRepeated_WhileOthersWait(long offset)
    {
        using var bench = new BufferBench(memoryBytes: 1024 * Kibibyte, limits: new(512 * Kibibyte, 64 * Kibibyte, 256 * Kibibyte));
        await using var buffer = bench.CreateMemory();
        buffer.IsAttended = true;
        await buffer.AppendAsync(0, 300 * Kibibyte).Soon();
        await buffer.ReadUpToAsync(0, 300 * Kibibyte);
        var kept = bench.Memory.UsedBytes;
        var waiting = bench.Memory.Request(768 * Kibibyte - kept + 1, BudgetPriority.ReadAhead, static () => { });
        Assert.False(bench.Memory.IsUnderPressure);

        buffer.Release(offset);

        Assert.True(waiting.IsGranted);
        bench.Memory.Return(waiting.Bytes);
        Assert.InRange(bench.Memory.UsedBytes, 0, Large);
        Assert.Equal(300 * Kibibyte, buffer.Held.To);
        Assert.True(buffer.TryRewind(300 * Kibibyte));
    }

    [Fact]
    public async Task AppendAsync_GivesUpRewindBytes_ForRoomInTheWindow()
    {
        using var bench = new BufferBench(limits: new(64 * Kibibyte, 64 * Kibibyte, 64 * Kibibyte));
        await using var buffer = bench.CreateMemory();
        buffer.IsAttended = true;
        await buffer.AppendAsync(0, 64 * Kibibyte).Soon();
        await buffer.ReadUpToAsync(0, 64 * Kibibyte);
        Assert.Equal(0, buffer.Held.From);

        Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(64 * Kibibyte, 64 * Kibibyte).Soon());
        await buffer.ReadUpToAsync(64 * Kibibyte, 128 * Kibibyte);
    }

    [Fact]
    public async Task AppendAsync_GivesUpRewindBytes_WhenOthersUseTheBudgetUp()
    {
        using var bench = new BufferBench(1024 * Kibibyte, limits: new(256 * Kibibyte, 64 * Kibibyte, 128 * Kibibyte));
        await using var buffer = bench.CreateMemory();
        buffer.IsAttended = true;
        await buffer.AppendAsync(0, 128 * Kibibyte).Soon();
        await buffer.ReadUpToAsync(0, 128 * Kibibyte);
        Assert.Equal(0, buffer.Held.From);
        Assert.True(bench.Memory.TryLease(bench.Memory.LimitBytes - bench.Memory.UsedBytes, BudgetPriority.Essential));

        Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(128 * Kibibyte, Large).Soon());

        await buffer.ReadUpToAsync(128 * Kibibyte, 192 * Kibibyte);
    }

    [Fact]
    public async Task Release_GivesUpRewindBytes_WhenTheWriterWaitsForTheBudget()
    {
        using var bench = new BufferBench(256 * Kibibyte, limits: new(256 * Kibibyte, 64 * Kibibyte, 128 * Kibibyte));
        Assert.True(bench.Memory.TryLease(64 * Kibibyte, BudgetPriority.Essential));
        await using var buffer = bench.CreateMemory();
        buffer.IsAttended = true;
        await buffer.AppendAsync(0, 128 * Kibibyte).Soon();
        var writing = buffer.AppendAsync(128 * Kibibyte, Large);
        Assert.False(writing.IsCompleted);
        Assert.False(bench.Memory.IsUnderPressure);

        await buffer.ReadUpToAsync(0, 128 * Kibibyte);

        Assert.Equal(AppendStatus.Appended, await writing.Soon());
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task AppendAsync_WaitsForTheBudget_AndGoesOnWhenItComesBack()
    {
        using var bench = new BufferBench(1024 * Kibibyte);
        Assert.True(bench.Memory.TryLease(1024 * Kibibyte, BudgetPriority.Essential));
        await using var buffer = bench.CreateMemory();
        buffer.IsAttended = true;
        var writing = buffer.AppendAsync(0, 1_000);
        Assert.False(writing.IsCompleted);

        bench.Memory.Return(4 * Kibibyte);

        Assert.Equal(AppendStatus.Appended, await writing.Soon());
        Assert.Equal(bench.Memory.LimitBytes, bench.Memory.UsedBytes);
    }

    [Fact]
    public async Task AppendAsync_GetsLess_WhileNobodyReads()
    {
        using var bench = new BufferBench(1024 * Kibibyte);
        Assert.True(bench.Memory.TryLease(768 * Kibibyte, BudgetPriority.Essential));
        await using var waiting = bench.CreateMemory();
        await using var live = bench.CreateMemory();
        live.IsAttended = true;

        var ofWaiting = waiting.AppendAsync(0, 1_000);
        var ofLive = live.AppendAsync(0, 1_000);

        Assert.False(ofWaiting.IsCompleted);
        Assert.Equal(AppendStatus.Appended, await ofLive.Soon());
    }

    [Fact]
    public async Task IsAttended_MovesAWaitingWriterUp_WhenAReaderComes()
    {
        using var bench = new BufferBench(1024 * Kibibyte);
        Assert.True(bench.Memory.TryLease(1020 * Kibibyte, BudgetPriority.Essential));
        await using var buffer = bench.CreateMemory();
        var writing = buffer.AppendAsync(0, 1_000);
        Assert.False(writing.IsCompleted);

        buffer.IsAttended = true;

        Assert.Equal(AppendStatus.Appended, await writing.Soon());
    }

    [Fact]
    public async Task Fail_LeavesTheBudgetsLine()
    {
        using var bench = new BufferBench(1024 * Kibibyte);
        Assert.True(bench.Memory.TryLease(1024 * Kibibyte, BudgetPriority.Essential));
        var buffer = bench.CreateMemory();
        var writing = buffer.AppendAsync(0, 1_000);
        Assert.False(writing.IsCompleted);

        buffer.Fail();
        bench.Memory.Return(1024 * Kibibyte);

        Assert.Equal(AppendStatus.Closed, await writing.Soon());
        Assert.Equal(0, bench.Memory.UsedBytes);
    }

    [Fact]
    public async Task Buffers_ShareATinyBudget_AndAllArrive()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var bench = new BufferBench(
                256 * Kibibyte,
                limits: new(128 * Kibibyte, 64 * Kibibyte, seed % 2 == 0 ? 0 : 64 * Kibibyte));
            await Task.WhenAll(Enumerable.Range(seed * 100, 8).Select(each => Task.Run(() => PassAsync(bench, each)))).Soon();

            Assert.Equal(0, bench.Memory.UsedBytes);
        }
    }

    [Fact]
    public async Task Fail_GivesEverythingBack_WhenTheWriterAsksForTheBudgetAtTheSameTime()
    {
        using var bench = new BufferBench(64 * Kibibyte);
        Assert.True(bench.Memory.TryLease(64 * Kibibyte, BudgetPriority.Essential));
        using var rounds = new Barrier(2);
        const int Rounds = 10_000;
        var buffers = Enumerable.Range(0, Rounds).Select(_ => bench.CreateMemory()).ToArray();
        var failing = Task.Run(() =>
        {
            foreach (var buffer in buffers)
            {
                rounds.SignalAndWait();
                buffer.IsAttended = true;
                buffer.Fail();
            }
        });
        var appends = new List<Task<AppendStatus>>(Rounds);
        foreach (var buffer in buffers)
        {
            rounds.SignalAndWait();
            appends.Add(buffer.AppendAsync(0, 1));
        }

        await failing.Soon();
        bench.Memory.Return(64 * Kibibyte);

        Assert.All(await Task.WhenAll(appends).Soon(), static status => Assert.Equal(AppendStatus.Closed, status));
        Assert.Equal(0, bench.Memory.UsedBytes);
    }

    protected override IChunkBuffer Create(long? length = null) => _bench.CreateMemory();

    protected override void AssertNothingIsHeld() => _bench.AssertNothingIsHeld();

    private static async Task PassAsync(BufferBench bench, int seed)
    {
        var random = new Random(seed);
        var length = random.Next(1, 600_000);
        await using var buffer = bench.CreateMemory();
        var writing = Task.Run(async () =>
        {
            for (var offset = 0; offset < length;)
            {
                var count = Math.Min(new Random(offset).Next(1, 100_000), length - offset);
                Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(offset, count));
                Assert.InRange(bench.Memory.UsedBytes, 0, bench.Memory.LimitBytes);
                offset += count;
            }

            buffer.Complete();
        });
        for (var i = random.Next(20); i > 0; i--)
        {
            await Task.Yield();
        }

        buffer.IsAttended = true;
        Assert.Equal((length, ChunkReadStatus.End), await buffer.ReadToEndAsync());
        await writing;
    }
}
