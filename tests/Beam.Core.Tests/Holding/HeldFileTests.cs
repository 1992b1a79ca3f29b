using Beam.Buffering;
using Beam.Holding;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Holding;

/// <summary>Whatever a crash leaves, the next process finds a whole file with its whole entry, or deletes what is there.</summary>
[Trait("Rule", "P13")]
public sealed class HeldFileTests
{
    private static readonly HeldStep[] OfChannel = [HeldStep.Written, HeldStep.Flushed, HeldStep.Named, HeldStep.NamesFlushed];
    private static readonly HeldStep[] OfFile = [HeldStep.BytesNamed, .. OfChannel];

    public static TheoryData<int> AllSteps => [.. Enumerable.Range(0, OfChannel.Length + OfFile.Length + 1)];

    public static TheoryData<int> StepsOfOne => [.. Enumerable.Range(0, OfChannel.Length + 1)];

    [Theory]
    [MemberData(nameof(AllSteps))]
    public async Task File_IsThereWhole_OrNotAtAll_AfterACrash(int steps)
    {
        using var before = new HeldBench();
        var file = before.Create();
        var channel = before.CreateChannelFile().WriteInSteps(HeldBench.JsonOf(HeldBench.Channel()));
        using var after = Crash(before, channel.Concat(file.KeepInSteps(HeldBench.Entry())), steps);
        file.Close();
        using var relay = after.Start();

        var isAccepted = steps > OfChannel.Length + (int)HeldStep.Named;
        Assert.Equal(isAccepted ? 1 : 0, relay.Relay.TransferCount);
        Assert.Equal(isAccepted ? 0 : 1, relay.Logs.AtLeast(LogLevel.Warning).Count);
        if (isAccepted)
        {
            await using var receiver = relay.Receive(token: relay.Relay.Tokens.Find("root"));
            Assert.Equal(10, await receiver.TakeAllAsync());
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        Assert.All(after.Files, static name => Assert.Equal(HeldBench.Key, name));
        Assert.Equal(0, relay.Budgets.Disk.UsedBytes);
    }

    [Theory]
    [MemberData(nameof(StepsOfOne))]
    [Trait("Rule", "P9")]
    [Trait("Rule", "P11")]
    public void ChannelThatIsWrittenAnew_IsTheOldOneOrTheNew_AfterACrash(int steps)
    {
        using var before = new HeldBench();
        before.Write(HeldBench.Channel(HeldBench.Root, HeldBench.Token("revoked", parent: 0)));
        before.Write(HeldBench.Entry());
        var later = HeldBench.Channel(HeldBench.Root, HeldBench.Token("later", parent: 0));
        using var after = Crash(before, before.CreateChannelFile().WriteInSteps(HeldBench.JsonOf(later)), steps);
        using var relay = after.Start();

        var isNew = steps > Array.IndexOf(OfChannel, HeldStep.Named);
        Assert.Equal(1, relay.Relay.TransferCount);
        Assert.NotNull(relay.Relay.Tokens.Find("root"));
        Assert.Equal(isNew, relay.Relay.Tokens.Find("later") is not null);
        Assert.Equal(isNew, relay.Relay.Tokens.Find("revoked") is null);
        Assert.Equal(4, after.Files.Count);
    }

    [Theory]
    [MemberData(nameof(StepsOfOne))]
    public void EntryThatIsWrittenAnew_IsTheOldOneOrTheNew_AfterACrash(int steps)
    {
        using var before = new HeldBench();
        before.Write(HeldBench.Channel());
        var file = before.Create();
        file.Keep(HeldBench.Entry());
        using var after = Crash(before, file.KeepInSteps(HeldBench.Entry() with { Receivers = 2 }), steps);
        file.Close();
        using var relay = after.Start();

        var isNew = steps > Array.IndexOf(OfChannel, HeldStep.Named);
        Assert.Equal(isNew ? 2 : 1, Assert.Single(relay.Relay.GetSnapshot().Transfers).WantedReceivers);
        Assert.Equal(4, after.Files.Count);
    }

    [Fact]
    public void Steps_ComeInOrder()
    {
        using var bench = new HeldBench();
        var file = bench.Create();

        Assert.Equal(OfChannel, bench.CreateChannelFile().WriteInSteps(HeldBench.JsonOf(HeldBench.Channel())));
        Assert.Equal(OfFile, file.KeepInSteps(HeldBench.Entry()));
        Assert.Equal(OfChannel, file.KeepInSteps(HeldBench.Entry()));
        file.Close();
    }

    [Theory]
    [InlineData("old name of the bytes")]
    [InlineData("no entry")]
    [InlineData("no bytes")]
    [InlineData("empty bytes")]
    [InlineData("fewer bytes")]
    [InlineData("more bytes")]
    [InlineData("entry without its name")]
    [InlineData("empty entry")]
    [InlineData("cut entry")]
    [InlineData("longer entry")]
    [InlineData("no channel")]
    [InlineData("channel without its name")]
    [InlineData("empty channel")]
    [InlineData("cut channel")]
    [InlineData("longer channel")]
    [InlineData("no key")]
    [InlineData("empty key")]
    [InlineData("key of zeros")]
    [InlineData("other key")]
    public void RestOfAPowerCut_IsDeleted(string rest)
    {
        // A disk brings names and bytes to safety in an order of its own unless it was told to flush.
        using var bench = new HeldBench();
        var path = bench[bench.Write(HeldBench.Entry())];
        var (bytes, entry, key) = (path + HeldDirectory.BytesExtension, path + HeldDirectory.EntryExtension, bench[HeldBench.Key]);
        var channel = bench[HeldBench.ChannelFile];
        switch (rest)
        {
            case "old name of the bytes":
                File.Move(bytes, path + HeldDirectory.PartExtension);
                break;

            case "no entry":
                File.Delete(entry);
                break;

            case "no bytes":
                File.Delete(bytes);
                break;

            case "entry without its name":
                File.Move(entry, entry + HeldDirectory.NewSuffix);
                break;

            case "no channel":
                File.Delete(channel);
                break;

            case "channel without its name":
                File.Move(channel, channel + HeldDirectory.NewSuffix);
                break;

            case "no key":
                File.Delete(key);
                break;

            case "key of zeros":
                File.WriteAllBytes(key, new byte[32]);
                break;

            case "other key":
                File.WriteAllBytes(key, TestBytes.Create(1, 32));
                break;

            default:
                Resize(rest.Split(' ')[1] switch { "bytes" => bytes, "key" => key, "channel" => channel, _ => entry }, rest.Split(' ')[0]);
                break;
        }

        using var relay = bench.Start();

        Assert.Equal(0, relay.Relay.TransferCount);
        Assert.Equal(rest == "no bytes" ? 0 : 1, relay.Logs.AtLeast(LogLevel.Warning).Count);
        Assert.All(bench.Files, static name => Assert.Equal(HeldBench.Key, name));
        Assert.Equal(0, relay.Budgets.Disk.UsedBytes);
    }

    [Fact]
    public void Bytes_AreNotAccepted_WhenSomeAreMissing()
    {
        using var bench = new HeldBench();
        var file = bench.Create(length: 9);

        Assert.Throws<IOException>(() => file.Keep(HeldBench.Entry()));
        file.Delete();
        Assert.All(bench.Files, static name => Assert.Equal(HeldBench.Key, name));
    }

    [Fact]
    public async Task Files_AreClosedBeforeTheyAreDeleted()
    {
        // As Windows does: a file that is open stays.
        using var bench = new HeldBench(static path =>
        {
            if (File.Exists(path))
            {
                File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
                File.Delete(path);
            }
        });
        var pool = new ChunkPool(new BufferBudget(1024 * 1024));
        var accepted = bench.Directory.Create(pool, bench.Disk, length: null)!;
        await accepted.AppendAsync(new byte[10]);
        accepted.Complete();
        var channelFile = accepted.CreateChannelFile();
        channelFile.Enter();
        Assert.NotNull(await accepted.AcceptAsync(new BeamChannel(), channelFile, static () => HeldBench.Entry()));
        var unfinished = bench.Directory.Create(pool, bench.Disk, length: 20)!;
        await unfinished.AppendAsync(new byte[10]);
        Assert.Equal(5, bench.Files.Count);

        accepted.Fail();
        unfinished.Fail();

        Assert.Equal([HeldBench.Key], bench.Files);
        Assert.Equal(0, bench.Disk.UsedBytes);
    }

    [Fact]
    [Trait("Rule", "P5")]
    public void Files_AreReadableByTheirOwnerOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        using var bench = new HeldBench();
        bench.Write(HeldBench.Entry());

        Assert.Equal(4, bench.Files.Count);
        foreach (var name in bench.Files)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(bench[name]));
        }
    }

    private static void Resize(string path, string how)
    {
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, how switch
        {
            "empty" => [],
            "fewer" or "cut" => bytes[..^1],
            "more" or "longer" => [.. bytes, 0],
            _ => throw new ArgumentOutOfRangeException(nameof(how), how, "There is no such damage."),
        });
    }

    private static HeldBench Crash(HeldBench bench, IEnumerable<HeldStep> work, int steps)
    {
        using var working = work.GetEnumerator();
        for (var step = 0; step < steps && working.MoveNext(); step++)
        {
        }

        return bench.Crash();
    }
}
