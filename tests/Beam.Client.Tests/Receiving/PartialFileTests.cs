using System.Collections.Concurrent;
using Beam.Client.Tests.Sending;
using Beam.Client.Tests.Servers;
using Microsoft.AspNetCore.Builder;

namespace Beam.Client.Tests.Receiving;

/// <summary>
/// What an earlier run has left counts as far as it can be proven, and for the link that it belongs to. What lies beside the target may
/// be anybody's.
/// </summary>
[Trait("Rule", "P22")]
public sealed class PartialFileTests : ClientTests
{
    private const int Length = 9_000_000;
    private const int First = 5_000_000;
    private const int Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData(First, 0, First)]
    [InlineData(1_500_000, 1, Mebibyte)]
    [InlineData(0, 1, 0)]
    [InlineData(First - 1, 1, 4 * Mebibyte)]
    [InlineData(2_500_000, 2_500_000, 2 * Mebibyte)]
    public async Task Receiver_GoesOn_WhereItsPartIsProven_AfterALossOfPower(int damagedAt, int count, int proven)
    {
        await using var left = await LeaveAsync();
        Write(left.Partial, damagedAt, new byte[count]);

        var (received, from) = await left.GoOnAsync();

        Assert.True(received.IsVerified);
        Assert.InRange(from, proven, proven + (256 * 1024));
        await left.AssertIsThereAsync();
        Assert.Equal([LeftFile.Name], left.Folder.Files());
        Assert.Empty(left.State.Files());
    }

    [Theory]
    [InlineData(First - 1)]
    [InlineData(3_000_000)]
    [InlineData(0)]
    [InlineData(First + 1_000_000)]
    public async Task Receiver_GoesOn_WhenItsPartHasAnotherLength(int length)
    {
        await using var left = await LeaveAsync();
        using (var file = new FileStream(left.Partial, FileMode.Open))
        {
            file.SetLength(length);
        }

        var (received, from) = await left.GoOnAsync();

        Assert.True(received.IsVerified);
        Assert.True(from >= (length < First ? length / Mebibyte * Mebibyte : First));
        await left.AssertIsThereAsync();
    }

    /// <summary>Whatever becomes of the two files, the result is the sender's file, or an error.</summary>
    [Fact]
    public async Task Receiver_NeverEndsWellWithAnotherFile_WhateverBecomesOfItsPart()
    {
        var random = new Random(20261130);
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        for (var round = 0; round < 40; round++)
        {
            using var folder = new TempFolder();
            using var state = new TempFolder();
            await using var left = await LeftFile.CreateAsync(beam, folder, state, round, 3_000_000, random.Next(1, 2_999_999));
            Spoil(random.Next(3) == 0 ? left.Journal : left.Partial, random);
            if (random.Next(2) == 0)
            {
                Spoil(left.Partial, random);
            }

            await left.GoOnAsync();

            await left.AssertIsThereAsync();
        }
    }

    [Fact]
    public async Task OtherLink_OfTheSameName_IsToldNothing_AndLeavesThePartAlone()
    {
        await using var left = await LeaveAsync();
        var before = await File.ReadAllBytesAsync(left.Partial);
        var ranges = new ConcurrentBag<string>();
        var server = await StartServerAsync(configureApp: app => app.Use((context, next) =>
        {
            ranges.Add($"{context.Request.Headers.Range}{context.Request.Headers.IfRange}");
            return next(context);
        }));
        var beam = NewClient(server.BaseAddress);
        var other = (await beam.MintAsync()).Link.WithName(LeftFile.Name);
        var sending = beam.SendAsync(other, new PatternStream(8, 1000));

        await beam.ReceiveAsync(other, left.Folder["b"], left.Options()).Soon();
        await sending.Soon();
        other = (await beam.MintAsync()).Link.WithName(LeftFile.Name);
        sending = beam.SendAsync(other, new PatternStream(9, 1000));
        await beam.ReceiveAsync(other, left.Folder.Path, left.Options()).Soon();
        await sending.Soon();

        Assert.NotEmpty(ranges);
        Assert.All(ranges, static range => Assert.Equal("", range));
        Assert.Equal(before, await File.ReadAllBytesAsync(left.Partial));
        File.Delete(left.Folder[LeftFile.Name]);
        var (received, from) = await left.GoOnAsync();
        Assert.True(received.IsVerified && from >= First);
        await left.AssertIsThereAsync();
        Assert.Equal([LeftFile.Name, "b"], left.Folder.Files());
    }

    [Fact]
    public async Task TwoFiles_OfTheSameName_ComeSideBySide_AndNeitherReplacesTheOther()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var folder = NewFolder();
        var links = new[] { (await beam.MintAsync()).Link.WithName("a"), (await beam.MintAsync()).Link.WithName("a") };
        var contents = new[] { new GatedStream(1, Length, First), new GatedStream(2, Length, First) };
        var sending = links.Zip(contents, (link, content) => beam.SendAsync(link, content)).ToArray();
        var receiving = links.Select(link => beam.ReceiveAsync(link, folder["a"])).ToArray();
        await Eventually.TrueAsync(
            () => folder.Files() is { Count: 2 } files && files.All(file => new FileInfo(folder[file]).Length == First),
            "the beginnings are here");

        contents[1].Open();
        Assert.True((await receiving[1].Soon()).IsVerified);
        contents[0].Open();
        var exception = await Assert.ThrowsAsync<BeamException>(() => receiving[0].Soon());

        Assert.Equal(BeamError.TargetExists, exception.Error);
        Assert.Equal(-1, TestBytes.FindMismatch(2, 0, await File.ReadAllBytesAsync(folder["a"])));
        var other = Assert.Single(folder.Files(), static file => file != "a");
        Assert.Contains(folder[other], exception.Message, StringComparison.Ordinal);
        Assert.Equal(-1, TestBytes.FindMismatch(1, 0, await File.ReadAllBytesAsync(folder[other])));
        Assert.False(sending[0].IsCompleted, "Nobody has stored it under its name.");
        File.Move(folder["a"], folder["b"]);
        Assert.True((await beam.ReceiveAsync(links[0], folder["a"]).Soon()).IsVerified);
        await Task.WhenAll(sending).Soon();
        Assert.Equal(["a", "b"], folder.Files());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FileOfSomebodyElse_IsNeverWrittenTo_ThoughItHasTheSameContent(bool isHardLink)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        await using var left = await LeaveAsync();
        var victims = NewFolder();
        var content = await File.ReadAllBytesAsync(left.Partial);
        var victim = victims["victim"];
        if (isHardLink)
        {
            File.Move(left.Partial, victim);
            await using var linking = ClientProcess.Start("ln", [victim, left.Partial], new ClientProcessOptions());
            Assert.Equal(0, await linking.WaitAsync());
        }
        else
        {
            victims.Write("victim", content);
            File.Delete(left.Partial);
            File.CreateSymbolicLink(left.Partial, victim);
        }

        await left.GoOnAsync();

        await left.AssertIsThereAsync();
        Assert.Null(new FileInfo(left.Folder[LeftFile.Name]).LinkTarget);
        Assert.Equal(content, await File.ReadAllBytesAsync(victim));
        Assert.True(File.Exists(left.Partial), "What is not ours stays.");
    }

    [Fact]
    public async Task OtherFile_AtThePlaceOfThePart_IsLeftAlone()
    {
        await using var left = await LeaveAsync();
        var content = await File.ReadAllBytesAsync(left.Partial);
        File.Delete(left.Partial);
        await File.WriteAllBytesAsync(left.Partial + "~", content);
        await File.WriteAllBytesAsync(left.Partial, content);

        await left.GoOnAsync();

        await left.AssertIsThereAsync();
        Assert.Equal(content, await File.ReadAllBytesAsync(left.Partial));
    }

    [Fact]
    public async Task Pipe_AtThePlaceOfThePart_IsNotWaitedFor()
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("mkfifo"), "There is no mkfifo.");
        await using var left = await LeaveAsync();
        File.Delete(left.Partial);
        await using var making = ClientProcess.Start("mkfifo", [left.Partial], new ClientProcessOptions());
        Assert.Equal(0, await making.WaitAsync());

        await left.GoOnAsync();

        await left.AssertIsThereAsync();
        Assert.True(File.Exists(left.Partial));
    }

    [Fact]
    public async Task Journal_ThatNamesAFileElsewhere_IsNotBelieved()
    {
        await using var left = await LeaveAsync();
        var elsewhere = NewFolder()["victim"];
        File.Move(left.Partial, elsewhere);
        var journal = await File.ReadAllTextAsync(left.Journal);
        await File.WriteAllTextAsync(left.Journal, journal.Replace(left.Partial, elsewhere, StringComparison.Ordinal));

        await left.GoOnAsync();

        await left.AssertIsThereAsync();
        Assert.Equal(First, new FileInfo(elsewhere).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}\n")]
    [InlineData("null\n")]
    [InlineData("[]\n")]
    [InlineData("{\"path\":1}\n")]
    public async Task Journal_ThatIsNone_IsBegunAnew(string text)
    {
        await using var left = await LeaveAsync();
        await File.WriteAllTextAsync(left.Journal, text);

        await left.GoOnAsync();

        await left.AssertIsThereAsync();
    }

    [Fact]
    public async Task Receiver_Receives_WhenItsJournalGoesMeanwhile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Nobody can delete the file there while it is open.");
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var (folder, state) = (NewFolder(), NewFolder());
        var link = (await beam.MintAsync()).Link.WithName("a");
        var content = new GatedStream(1, Length, First);
        var sending = beam.SendAsync(link, content);
        var receiving = beam.ReceiveAsync(link, folder["a"], new BeamReceiveOptions { StateFolder = state["own"], FlushBytes = 1 });
        await Eventually.TrueAsync(
            () => folder.Files() is [var file] && new FileInfo(folder[file]).Length == First,
            "the beginning is here");

        Directory.Delete(state["own"], recursive: true);
        content.Open();

        Assert.True((await receiving.Soon()).IsVerified);
        await sending.Soon();
        Assert.Equal(["a"], folder.Files());
    }

    /// <summary>The name is too long: that shows only at the end. The file is here, and nobody may lose it.</summary>
    [Fact]
    public async Task FileThatCannotGetItsName_StaysWhereTheErrorSays()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var (folder, state) = (NewFolder(), NewFolder());
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = beam.SendAsync(link, new PatternStream(1, 1000));
        var options = new BeamReceiveOptions { StateFolder = state.Path };

        var exception = await Assert.ThrowsAsync<IOException>(
            () => beam.ReceiveAsync(link, folder[new string('a', 300)], options).Soon());

        await sending.Soon();
        var partial = folder[Assert.Single(folder.Files())];
        Assert.Contains(partial, exception.Message, StringComparison.Ordinal);
        Assert.Equal(TestBytes.Create(1, 1000), await File.ReadAllBytesAsync(partial));
        Assert.Single(state.Files());
    }

    [Fact]
    public async Task FolderOfThatName_IsFoundOut_BeforeTheFileIsClaimed()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var folder = NewFolder();
        Directory.CreateDirectory(folder["a"]);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = beam.SendAsync(link, new PatternStream(1, 1000));

        var exception = await Assert.ThrowsAsync<BeamException>(() => beam.ReceiveAsync(link, folder.Path).Soon());

        Assert.Equal(BeamError.TargetExists, exception.Error);
        Directory.Delete(folder["a"]);
        await beam.ReceiveAsync(link, folder.Path).Soon();
        Assert.Equal(BeamOutcome.Confirmed, (await sending.Soon()).Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task File_IsNotDeleted_WhenItsReceiveIsCancelledWhileTheSenderHearsOfIt(bool isAnswered)
    {
        var asked = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var server = await StartServerAsync(configureApp: app => app.Use(async (context, next) =>
        {
            if (context.Request.Query.ContainsKey("confirm") && context.Request.Method == "POST")
            {
                await next(context);
                asked.TrySetResult();
                await goOn.Task;
            }
            else
            {
                await next(context);
            }
        }));
        var (folder, state) = (NewFolder(), NewFolder());
        var beam = NewClient(server.BaseAddress);
        var clock = isAnswered ? TimeProvider.System : new FastClock(20);
        var hurried = NewClient(server.BaseAddress, options => options.TimeProvider = clock);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = beam.SendAsync(link, new PatternStream(1, 1000));
        using var stop = new CancellationTokenSource();
        var options = new BeamReceiveOptions { StateFolder = state.Path, DiscardWhenCancelled = true };
        var receiving = hurried.ReceiveAsync(link, folder["a"], options, stop.Token);
        await asked.Task.Soon();

        await stop.CancelAsync();
        if (isAnswered)
        {
            goOn.SetResult();
            Assert.True((await receiving.Soon()).IsConfirmed);
        }
        else
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.Soon());
            goOn.SetResult();
            Assert.Single(folder.Files());
            Assert.True((await beam.ReceiveAsync(link, folder["a"], options).Soon()).IsVerified);
        }

        Assert.Equal(BeamOutcome.Confirmed, (await sending.Soon()).Outcome);
        Assert.Equal(TestBytes.Create(1, 1000), await File.ReadAllBytesAsync(folder["a"]));
        Assert.Empty(state.Files());
    }

    [Fact]
    public async Task ExclusiveRename_GivesANameToOneOfMany_AndReplacesNothing()
    {
        for (var round = 0; round < 50; round++)
        {
            using var folder = new TempFolder();
            var files = Enumerable.Range(0, 8).Select(number => folder.Write($"{number}", [(byte)number])).ToList();
            var failures = await Task.WhenAll(
                files.Select(file => Task.Run(() => Record.Exception(() => ExclusiveRename.Move(file, folder["name"])))));

            Assert.Equal(7, failures.Count(static failure => failure is IOException));
            Assert.Equal(8, folder.Files().Count);
        }
    }

    [Fact]
    public async Task Part_IsNotPublished_WhenItsNameLeadsElsewhere()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Nobody can move the file there while it is open.");
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var folder = NewFolder();
        var link = (await beam.MintAsync()).Link.WithName("a");
        var content = new GatedStream(1, Length, First);
        var sending = beam.SendAsync(link, content);
        var receiving = beam.ReceiveAsync(link, folder["a"]);
        await Eventually.TrueAsync(
            () => folder.Files() is [var file] && new FileInfo(folder[file]).Length == First,
            "the beginning is here");
        var partial = folder[Assert.Single(folder.Files())];
        File.Move(partial, folder["moved"]);
        folder.Write(Path.GetFileName(partial), [1, 2, 3]);

        content.Open();

        await Assert.ThrowsAsync<IOException>(() => receiving.Soon());
        Assert.False(File.Exists(folder["a"]));
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(partial));
        await beam.CancelAsync(link);
        await Assert.ThrowsAsync<BeamException>(() => sending.Soon());
    }

    [Fact]
    public async Task SecondRun_BeginsAnew_WhereOthersCouldHaveWrittenItsJournal()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Folders have no such mode there.");
            return;
        }

        await using var left = await LeaveAsync();
        File.SetUnixFileMode(left.State.Path, File.GetUnixFileMode(left.State.Path) | UnixFileMode.OtherWrite);

        var (_, from) = await left.GoOnAsync();

        Assert.InRange(from, 1, First - 1);
        await left.AssertIsThereAsync();
    }

    [Fact]
    public async Task Receiver_Receives_WhereNoJournalCanBeKept()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var folder = NewFolder();
        var link = (await beam.MintAsync()).Link.WithName("a");
        var options = new BeamReceiveOptions { StateFolder = Path.Combine(folder.Write("file", [1]), "state") };
        var sending = beam.SendAsync(link, new PatternStream(1, Length));

        Assert.True((await beam.ReceiveAsync(link, folder["a"], options).Soon()).IsVerified);

        await sending.Soon();
        Assert.Equal(["a", "file"], folder.Files());
    }

    [Fact]
    public async Task Journal_HasNoToken_AndIsForItsUserOnly()
    {
        await using var left = await LeaveAsync();

        var text = await File.ReadAllTextAsync(left.Journal);

        Assert.DoesNotContain(left.Link.Token, text + left.Journal, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(left.Partial), text, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.GetDirectoryName(left.Journal)!) & Others);
        }
    }

    [Fact]
    public async Task Journal_StaysShort_WhateverTheLengthOfTheFileIs()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        await using var left = await LeftFile.CreateAsync(
            NewClient(server.BaseAddress), folder, NewFolder(), seed: 3, length: 200_000_000, first: 199_000_000);

        Assert.InRange(new FileInfo(left.Journal).Length, 1, 10_000);
        var (_, from) = await left.GoOnAsync();
        Assert.True(from >= 199_000_000);
        await left.AssertIsThereAsync();
    }

    [Fact]
    public async Task PartOfAnEarlierTransfer_UnderTheSameLink_GivesWay()
    {
        await using var left = await LeaveAsync();
        var server = NewClient(left.Link.BaseAddress);
        await server.CancelAsync(left.Link);
        var sending = server.SendAsync(left.Link, new PatternStream(7, 1000));
        await Eventually.TrueAsync(
            async () => await server.GetStatusAsync(left.Link) is { Outcome: null, Error: null },
            "the next sender has come");

        await server.ReceiveAsync(left.Link, left.Folder[LeftFile.Name], left.Options()).Soon();

        await sending.Soon();
        Assert.Equal(-1, TestBytes.FindMismatch(7, 0, await File.ReadAllBytesAsync(left.Folder[LeftFile.Name])));
        Assert.Equal([LeftFile.Name], left.Folder.Files());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Part_Goes_WhenItsReceiveIsCancelled_AndThatIsAskedFor(bool resumesFirst)
    {
        await using var left = await LeaveAsync();
        if (!resumesFirst)
        {
            var options = left.Options();
            options.Resume = false;
            options.DiscardWhenCancelled = true;
            await CancelAsync(left, options);
            Assert.Empty(left.Folder.Files());
            return;
        }

        var discarding = left.Options();
        discarding.DiscardWhenCancelled = true;
        await CancelAsync(left, discarding);

        Assert.Empty(left.Folder.Files());
        Assert.Empty(left.State.Files());
    }

    [Fact]
    public async Task PartialThatIsComplete_BecomesTheFile_WhenOnlyTheEndWasNotSeen()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        await using var left = await LeftFile.CreateAsync(beam, NewFolder(), NewFolder(), seed: 5, length: 1000, first: 1000);
        left.Open();
        await beam.ReceiveAsync(left.Link, new VerifyingStream(5)).Soon();

        var (received, _) = await left.GoOnAsync();

        Assert.Equal((1000, true), (received.Bytes, received.IsVerified));
        await left.AssertIsThereAsync();
    }

    [Fact]
    public async Task FileWhoseNameIsTaken_BecomesTheFile_WhenTheNameIsFree()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var folder = NewFolder();
        var link = (await beam.MintAsync()).Link.WithName("a");
        var options = new BeamReceiveOptions { StateFolder = NewFolder().Path };
        var content = new GatedStream(4, 1000, gateAt: 999);
        var sending = beam.SendAsync(link, content);
        var receiving = beam.ReceiveAsync(link, folder["a"], options);
        await Eventually.TrueAsync(() => folder.Files().Count == 1, "it has begun");

        // The file comes to its end while something has taken its name.
        folder.Write("a", [1]);
        content.Open();
        var exception = await Assert.ThrowsAsync<BeamException>(() => receiving.Soon());
        Assert.Equal(BeamError.TargetExists, exception.Error);
        Assert.False(sending.IsCompleted, "Nobody has stored it under its name.");
        File.Delete(folder["a"]);

        var received = await beam.ReceiveAsync(link, folder["a"], options).Soon();

        Assert.Equal((1000, true), (received.Bytes, received.IsVerified));
        Assert.Equal(BeamOutcome.Confirmed, (await sending.Soon()).Outcome);
        Assert.Equal(["a"], folder.Files());
    }

    [Fact]
    public void FullDisk_IsToldFromOtherFailures()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");

        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);
        Assert.True(DiskRoom.IsLack(Assert.Throws<IOException>(() => full.Write([1]))));

        Assert.False(DiskRoom.IsLack(Assert.Throws<FileNotFoundException>(() => File.OpenRead("/dev/absent"))));
    }

    private async Task<LeftFile> LeaveAsync()
    {
        var server = await StartServerAsync();
        return await LeftFile.CreateAsync(NewClient(server.BaseAddress), NewFolder(), NewFolder(), seed: 1, Length, First);
    }

    private async Task CancelAsync(LeftFile left, BeamReceiveOptions options)
    {
        using var stop = new CancellationTokenSource();
        var receiving = NewClient(left.Link.BaseAddress).ReceiveAsync(left.Link, left.Folder[LeftFile.Name], options, stop.Token);
        await Eventually.TrueAsync(
            () => left.Folder.Files() is [var file] && new FileInfo(left.Folder[file]).Length == First,
            "the beginning is here");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.Soon());
    }

    private static void Write(string path, long at, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.Position = at;
        file.Write(bytes);
    }

    private static void Spoil(string path, Random random)
    {
        using var file = new FileStream(path, FileMode.Open);
        switch (random.Next(4))
        {
            case 0:
                file.SetLength(random.NextInt64(file.Length + 1));
                break;
            case 1:
                file.SetLength(file.Length + random.Next(1, 2_000_000));
                break;
            default:
                var noise = new byte[random.Next(1, 100_000)];
                random.NextBytes(noise);
                file.Position = random.NextInt64(file.Length);
                file.Write(noise.AsSpan(0, (int)Math.Min(noise.Length, file.Length - file.Position)));
                break;
        }
    }
}
