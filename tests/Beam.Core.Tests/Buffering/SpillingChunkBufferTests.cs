using Beam.Buffering;
using Beam.Transfers;

namespace Beam.Core.Tests.Buffering;

public sealed class SpillingChunkBufferTests : ChunkBufferTests, IDisposable
{
    private const int Kibibyte = BufferBench.Kibibyte;
    private const int Mebibyte = BufferBench.Mebibyte;

    private readonly BufferBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    [Trait("Rule", "P5")]
    public async Task AppendAsync_GoesOnOnTheDisk_WhileNobodyReads_AndLeavesNoFile()
    {
        await using (var buffer = _bench.CreateSpilling())
        {
            Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(0, 5 * Mebibyte).Soon());

            Assert.Equal(new HeldRange(0, 5 * Mebibyte), buffer.Held);
            Assert.InRange(_bench.Memory.UsedBytes, 1, 128 * Kibibyte);
            Assert.InRange(_bench.Disk.UsedBytes, 5 * Mebibyte - (128 * Kibibyte), 16 * Mebibyte);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Empty(_bench.Folder.Files());
            }

            buffer.Complete();
            buffer.IsAttended = true;
            Assert.Equal((5 * Mebibyte, ChunkReadStatus.End), await buffer.ReadToEndAsync());
        }

        _bench.AssertNothingIsHeld();
    }

    [Fact]
    public async Task AppendAsync_TakesNoDisk_WhileSomebodyReads()
    {
        await using var buffer = _bench.CreateSpilling();
        buffer.IsAttended = true;
        var writing = buffer.AppendAsync(0, Mebibyte);
        await buffer.ReadUpToAsync(0, Mebibyte);

        Assert.Equal(AppendStatus.Appended, await writing.Soon());
        Assert.Equal(0, _bench.Disk.UsedBytes);
    }

    [Fact]
    public async Task Buffer_TakesNoMoreDiskThanDeclared_WhenTheLengthIsKnown()
    {
        await using var buffer = _bench.CreateSpilling(2 * Mebibyte);
        Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(0, 2 * Mebibyte).Soon());

        Assert.Equal(2 * Mebibyte, _bench.Disk.UsedBytes);
    }

    [Theory]
    [InlineData(64L * Mebibyte)]
    [InlineData(1L << 40)]
    [InlineData(TransferDescription.LargestLength)]
    [InlineData(null)]
    [Trait("Rule", "P3")]
    public async Task Buffer_TakesDiskAsBytesCome_WhateverIsDeclared(long? length)
    {
        await using var buffer = _bench.CreateSpilling(length);

        Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(0, Mebibyte).Soon());
        Assert.InRange(_bench.Disk.UsedBytes, 1, Mebibyte);

        Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(Mebibyte, 4 * Mebibyte).Soon());
        Assert.InRange(_bench.Disk.UsedBytes, 1, 10 * Mebibyte);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000_000L)]
    [Trait("Rule", "P3")]
    public async Task Complete_GivesBackWhatTheFileHasNotFilled(long? length)
    {
        const int Bytes = (3 * Mebibyte) + (300 * Kibibyte) + 5;
        await using (var buffer = _bench.CreateSpilling(length))
        {
            Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(0, Bytes).Soon());
            var onDisk = Bytes - (128 * Kibibyte);
            Assert.InRange(_bench.Disk.UsedBytes, onDisk, 8 * Mebibyte);

            buffer.Complete();
            buffer.Complete();

            Assert.InRange(_bench.Disk.UsedBytes, onDisk, Bytes);
            if (OperatingSystem.IsLinux())
            {
                Assert.Equal(_bench.Disk.UsedBytes, OpenFiles().Sum(SizeOf));
            }

            Assert.Equal((Bytes, ChunkReadStatus.End), await buffer.ReadToEndAsync());
        }

        _bench.AssertNothingIsHeld();
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Writer_WaitsForAFile_WhenTooManyAreOpen()
    {
        const int Bytes = 9 * Mebibyte;
        using var bench = new BufferBench(files: 2);
        await using (var buffer = bench.CreateSpilling())
        {
            // Segments of 1, 2 and 4 MiB: the third is one file more than there may be.
            var writing = buffer.AppendAsync(0, Bytes);
            await Eventually.TrueAsync(() => bench.Files.IsShort && buffer.Held.To >= 3 * Mebibyte, "it stands in line");
            Assert.False(writing.IsCompleted);
            Assert.Equal(2, bench.Files.UsedBytes);
            Assert.InRange(bench.Disk.UsedBytes, 1, 3 * Mebibyte);

            // What is read is given back at once, because others wait.
            for (var offset = 0L; offset < Bytes; buffer.Release(offset))
            {
                using var read = await buffer.ReadAsync(offset).AsTask().Soon();
                Assert.Equal(TestBytes.Create(BufferReading.Seed, read.Memory.Length, offset), read.Memory.ToArray());
                offset += read.Memory.Length;
            }

            Assert.Equal(AppendStatus.Appended, await writing.Soon());
            Assert.InRange(bench.Files.UsedBytes, 0, 2);
        }

        bench.AssertNothingIsHeld();
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Complete_LeavesTheLineForFiles()
    {
        using var bench = new BufferBench(files: 1);
        await using (var buffer = bench.CreateSpilling())
        {
            Assert.True(bench.Files.TryLease(1, BudgetPriority.Essential));
            using var impatience = new CancellationTokenSource();
            var writing = buffer.AppendAsync(TestBytes.Create(1, Mebibyte), impatience.Token).AsTask();
            await Eventually.TrueAsync(() => bench.Files.IsShort && buffer.Held.To >= 64 * Kibibyte, "it stands in line");
            await impatience.CancelAsync();
            Assert.Equal(AppendStatus.Interrupted, await writing.Soon());

            buffer.Complete();
            bench.Files.Return(1);

            Assert.False(bench.Files.IsShort);
        }

        bench.AssertNothingIsHeld();
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Complete_LeavesTheLineForTheDisk()
    {
        using var bench = new BufferBench(diskBytes: 2 * Mebibyte);
        await using (var buffer = bench.CreateSpilling())
        {
            Assert.True(bench.Disk.TryLease(2 * Mebibyte, BudgetPriority.Essential));
            using var impatience = new CancellationTokenSource();
            var writing = buffer.AppendAsync(TestBytes.Create(1, Mebibyte), impatience.Token).AsTask();
            await Eventually.TrueAsync(() => buffer.Held.To >= 64 * Kibibyte, "memory is filled");
            await impatience.CancelAsync();
            Assert.Equal(AppendStatus.Interrupted, await writing.Soon());

            buffer.Complete();
            bench.Disk.Return(2 * Mebibyte);

            Assert.Equal(0, bench.Disk.UsedBytes);
        }
    }

    [Fact]
    public async Task Buffer_TakesFewFiles_WhenTheSenderSendsMoreThanItDeclared()
    {
        await using var buffer = _bench.CreateSpilling(100 * Kibibyte);
        Assert.Equal(AppendStatus.Appended, await buffer.AppendAsync(0, 4 * Mebibyte).Soon());

        Assert.InRange(OpenFiles().Count, 1, 10);
        buffer.Complete();
        Assert.Equal((4 * Mebibyte, ChunkReadStatus.End), await buffer.ReadToEndAsync());
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task AppendAsync_Waits_WhenTheDiskBudgetIsUsedUp_AndEverythingArrives()
    {
        using var bench = new BufferBench(diskBytes: Mebibyte);
        await using (var buffer = bench.CreateSpilling())
        {
            var writing = buffer.AppendAsync(0, 8 * Mebibyte);
            await Eventually.TrueAsync(() => buffer.Held.To >= Mebibyte, "the disk budget is used");
            Assert.False(writing.IsCompleted);

            buffer.IsAttended = true;
            var reading = buffer.ReadToEndAsync();
            Assert.Equal(AppendStatus.Appended, await writing.Soon());
            buffer.Complete();
            Assert.Equal((8 * Mebibyte, ChunkReadStatus.End), await reading.Soon());
            Assert.InRange(bench.Disk.UsedBytes, 0, Mebibyte);
        }

        bench.AssertNothingIsHeld();
    }

    [Fact]
    public async Task AppendAsync_GoesOn_WhenAnotherTransferLeavesTheDisk()
    {
        using var bench = new BufferBench(diskBytes: 2 * Mebibyte);
        var first = bench.CreateSpilling(2 * Mebibyte);
        await first.AppendAsync(0, 2 * Mebibyte).Soon();
        await using (var second = bench.CreateSpilling())
        {
            var writing = second.AppendAsync(0, Mebibyte);
            await Eventually.TrueAsync(() => second.Held.To >= 64 * Kibibyte, "memory is filled");
            Assert.False(writing.IsCompleted);

            await first.DisposeAsync();

            Assert.Equal(AppendStatus.Appended, await writing.Soon());
        }

        bench.AssertNothingIsHeld();
    }

    [Fact]
    public async Task Fail_LeavesTheLineForTheDisk()
    {
        using var bench = new BufferBench(diskBytes: Mebibyte);
        Assert.True(bench.Disk.TryLease(Mebibyte, BudgetPriority.Essential));
        var buffer = bench.CreateSpilling();
        var writing = buffer.AppendAsync(0, Mebibyte);
        Assert.False(writing.IsCompleted);

        buffer.Fail();
        bench.Disk.Return(Mebibyte);

        Assert.Equal(AppendStatus.Closed, await writing.Soon());
        bench.AssertNothingIsHeld();
    }

    [Fact]
    public async Task Release_GivesFilesBack_WhenTheDiskRunsLow()
    {
        using var bench = new BufferBench(diskBytes: 4 * Mebibyte);
        await using var buffer = bench.CreateSpilling();
        var writing = buffer.AppendAsync(0, 20 * Mebibyte);

        // Read, but never attended: everything goes over the disk.
        await buffer.ReadUpToAsync(0, 20 * Mebibyte);

        Assert.Equal(AppendStatus.Appended, await writing.Soon());
        Assert.InRange(bench.Disk.UsedBytes, 0, 4 * Mebibyte);
    }

    [Fact]
    public async Task Buffer_SpillsAgain_AfterAReaderHasGoneOnInMemory()
    {
        await using var buffer = _bench.CreateSpilling();
        const int First = Mebibyte + (300 * Kibibyte);
        await buffer.AppendAsync(0, First).Soon();
        buffer.IsAttended = true;
        await buffer.ReadUpToAsync(0, First);
        var writing = buffer.AppendAsync(First, Mebibyte);
        await buffer.ReadUpToAsync(First, First + Mebibyte);
        await writing.Soon();

        buffer.IsAttended = false;
        await buffer.AppendAsync(First + Mebibyte, 2 * Mebibyte).Soon();
        buffer.Complete();

        Assert.Equal((First + (3 * Mebibyte), ChunkReadStatus.End), await buffer.ReadToEndAsync(First + Mebibyte));
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Fail_EndsAReadersWaitForMemory()
    {
        using var bench = new BufferBench(memoryBytes: Mebibyte);
        var buffer = bench.CreateSpilling();
        await buffer.AppendAsync(0, Mebibyte).Soon();
        var others = bench.Memory.LimitBytes - bench.Memory.UsedBytes;
        Assert.True(bench.Memory.TryLease(others, BudgetPriority.Essential));
        var reading = buffer.ReadAsync(0).AsTask();
        Assert.False(reading.IsCompleted);

        // Others take what the failure gives back, as they do when many wait.
        var request = bench.Memory.Request(Mebibyte, BudgetPriority.Essential, static () => { });
        buffer.Fail();

        Assert.Equal(ChunkReadStatus.Failed, (await reading.Soon()).Status);
        Assert.False(request.Withdraw());
        bench.Memory.Return(others);
        bench.AssertNothingIsHeld();
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Reader_ThatLeaves_WaitsForMemoryNoLonger()
    {
        using var bench = new BufferBench(memoryBytes: Mebibyte);
        await using var buffer = bench.CreateSpilling();
        await buffer.AppendAsync(0, Mebibyte).Soon();
        var others = bench.Memory.LimitBytes - bench.Memory.UsedBytes;
        Assert.True(bench.Memory.TryLease(others, BudgetPriority.Essential));
        using var leaving = new CancellationTokenSource();
        var reading = buffer.ReadAsync(0, leaving.Token).AsTask();
        Assert.False(reading.IsCompleted);

        await leaving.CancelAsync();

        Assert.Equal(ChunkReadStatus.Interrupted, (await reading.Soon()).Status);
        Assert.False(bench.Memory.IsShort && bench.Memory.UsedBytes == 0);
        bench.Memory.Return(others);

        // It has left the line, so that what comes is there for the next.
        using var read = await buffer.ReadAsync(0).Soon();
        Assert.Equal(ChunkReadStatus.Bytes, read.Status);
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Reader_AlwaysMoves_WhenItsOwnWriterWaitsForMemoryToo()
    {
        using var bench = new BufferBench(memoryBytes: Mebibyte);
        await using var buffer = bench.CreateSpilling();
        await buffer.AppendAsync(0, Mebibyte).Soon();
        var others = bench.Memory.LimitBytes - bench.Memory.UsedBytes;
        Assert.True(bench.Memory.TryLease(others, BudgetPriority.Essential));
        var writing = buffer.AppendAsync(Mebibyte, 2 * Mebibyte);
        await Eventually.TrueAsync(() => bench.Memory.UsedBytes == others, "all bytes are on the disk");

        // One chunk is left when the reader comes. The side that gets it must be able to give it back.
        bench.Memory.Return(ChunkPool.LargestBytes);
        Assert.True(bench.Memory.TryLease(
            bench.Memory.LimitBytes - bench.Memory.UsedBytes - ChunkPool.LargestBytes,
            BudgetPriority.Essential));
        buffer.IsAttended = true;
        var reading = buffer.ReadToEndAsync();

        Assert.Equal(AppendStatus.Appended, await writing.Soon());
        buffer.Complete();
        Assert.Equal((3 * Mebibyte, ChunkReadStatus.End), await reading.Soon());
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Read_Fails_WhenTheFileWasCut()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Finds the unlinked file through /proc.");
        var buffer = _bench.CreateSpilling();
        await buffer.AppendAsync(0, Mebibyte).Soon();
        buffer.Complete();
        foreach (var file in OpenFiles())
        {
            await using var opened = new FileStream(file, FileMode.Open, FileAccess.Write);
            opened.SetLength(0);
        }

        Assert.Equal(ChunkReadStatus.Failed, await buffer.StatusAtAsync(0));
        _bench.AssertNothingIsHeld();
    }

    [Fact]
    public async Task AppendAsync_SaysNoRoom_WhenTheDirectoryIsGone()
    {
        var buffer = _bench.CreateSpilling();
        Directory.Delete(_bench.Folder["spill"]);

        Assert.Equal(AppendStatus.NoRoom, await buffer.AppendAsync(0, Mebibyte).Soon());

        await buffer.DisposeAsync();
        _bench.AssertNothingIsHeld();
    }

    [Fact]
    [Trait("Rule", "P16")]
    public async Task AppendAsync_SaysNoRoom_WhenTheDiskIsFull()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounts a small file system.");
        var folder = _bench.Folder["spill"];
        await using var mounting = ClientProcess.Start("mount", "-t", "tmpfs", "-o", "size=2m", "beam-test", folder);
        Assert.SkipUnless(await mounting.WaitAsync() == 0, $"May not mount: {mounting.ErrorText}");
        try
        {
            var buffer = _bench.CreateSpilling();
            Assert.Equal(AppendStatus.NoRoom, await buffer.AppendAsync(0, 8 * Mebibyte).Soon());

            await buffer.DisposeAsync();
            _bench.AssertNothingIsHeld();
            Assert.Equal(2 * Mebibyte, new DriveInfo(folder).AvailableFreeSpace);
        }
        finally
        {
            await using var unmounting = ClientProcess.Start("umount", folder);
            await unmounting.WaitAsync();
        }
    }

    [Fact]
    [Trait("Rule", "P16")]
    public async Task AppendAsync_SaysNoRoom_OverTheFileSizeLimit()
    {
        const string Inside = "BEAM_TEST_FILE_SIZE_LIMIT";
        if (Environment.GetEnvironmentVariable(Inside) is null)
        {
            Assert.SkipUnless(ClientProcess.IsAvailable("prlimit"), "Needs prlimit.");
            var program = Path.Combine(AppContext.BaseDirectory, "Beam.Core.Tests");
            Assert.SkipUnless(File.Exists(program), "The tests are not a program here.");
            var test = $"{typeof(SpillingChunkBufferTests).FullName}.{nameof(AppendAsync_SaysNoRoom_OverTheFileSizeLimit)}";
            var options = new ClientProcessOptions
            {
                Environment = new Dictionary<string, string?> { [Inside] = "1", ["DOTNET_EnableWriteXorExecute"] = "0" },
            };

            await using var limited = ClientProcess.Start("prlimit", ["--fsize=524288", program, "-method", test], options);

            Assert.True(
                await limited.WaitAsync() == 0 && limited.OutputText.Contains("Failed: 0", StringComparison.Ordinal),
                limited.Describe());
            return;
        }

        var buffer = _bench.CreateSpilling();
        Assert.Equal(AppendStatus.NoRoom, await buffer.AppendAsync(0, 8 * Mebibyte).Soon());

        await buffer.DisposeAsync();
        _bench.AssertNothingIsHeld();
    }

    [Fact]
    public void Directory_IsForItsOwnerOnly_AndCleanAtTheStart()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["left"]);
        folder.Write(Path.Combine("left", "crash.beamspill"), [1]);
        folder.Write(Path.Combine("left", "mine.txt"), [1]);

        _ = new SpillDirectory(folder["left"]);
        _ = new SpillDirectory(folder["new"]);

        Assert.Equal([Path.Combine("left", "mine.txt")], folder.Files());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["new"]));
        }
    }

    protected override IChunkBuffer Create(long? length = null) => _bench.CreateSpilling(length);

    protected override void AssertNothingIsHeld() => _bench.AssertNothingIsHeld();

    /// <summary>The unlinked files of this test that are open, as paths that can still be opened.</summary>
    private List<string> OpenFiles() => !OperatingSystem.IsLinux() ? [] :
    [
        .. Directory.EnumerateFiles("/proc/self/fd")
            .Where(file => new FileInfo(file).LinkTarget?.StartsWith(_bench.Folder.Path, StringComparison.Ordinal) == true),
    ];

    private static long SizeOf(string openFile)
    {
        using var file = new FileStream(openFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return file.Length;
    }
}
