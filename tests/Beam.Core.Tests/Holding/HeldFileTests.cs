using Beam.Buffering;
using Beam.Holding;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Holding;

/// <summary>Whatever a crash leaves, the next process finds a whole file with its whole entry, or deletes what is there.</summary>
[Trait("Rule", "P13")]
public sealed class HeldFileTests
{
    private static readonly HeldStep[] Steps = Enum.GetValues<HeldStep>();

    public static TheoryData<int> StepCounts => [.. Enumerable.Range(0, Steps.Length + 1)];

    [Theory]
    [MemberData(nameof(StepCounts))]
    public async Task File_IsThereWhole_OrNotAtAll_AfterACrash(int steps)
    {
        using var before = new HeldBench();
        var file = before.Create();
        using var after = Crash(before, file, HeldBench.Entry(), steps);
        using var relay = after.Start();

        var isAccepted = steps > (int)HeldStep.EntryNamed;
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
    [MemberData(nameof(StepCounts))]
    public void EntryThatIsReplaced_IsTheOldOneOrTheNew_AfterACrash(int steps)
    {
        // A step less: the bytes have their name.
        using var before = new HeldBench();
        var file = before.Create();
        file.Keep(HeldBench.Entry());
        using var after = Crash(before, file, HeldBench.Entry(HeldBench.Root, HeldBench.Token("later", parent: 0)), steps);
        using var relay = after.Start();

        Assert.Equal(1, relay.Relay.TransferCount);
        Assert.NotNull(relay.Relay.Tokens.Find("root"));
        Assert.Equal(steps >= (int)HeldStep.EntryNamed, relay.Relay.Tokens.Find("later") is not null);
        Assert.Equal(3, after.Files.Count);
    }

    [Fact]
    public void Steps_ComeInOrder()
    {
        using var bench = new HeldBench();
        var file = bench.Create();

        Assert.Equal(Steps, file.KeepInSteps(HeldBench.Entry()));
        Assert.Equal(Steps[1..], file.KeepInSteps(HeldBench.Entry()));
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
                File.Move(entry, path + HeldDirectory.NewEntryExtension);
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
                Resize(rest.EndsWith("bytes", StringComparison.Ordinal) ? bytes : rest == "empty key" ? key : entry, rest.Split(' ')[0]);
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
    public void EntryThatNobodyCouldRead_IsNotWritten()
    {
        using var bench = new HeldBench();
        var file = bench.Create();
        var tokens = Enumerable.Range(0, 120_000).Select(static i => HeldBench.Token($"{i}")).ToList();

        Assert.Throws<IOException>(() => file.Keep(HeldBench.Entry(tokens)));
        file.Delete();
        Assert.Equal(0, bench.Disk.UsedBytes);
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
        Assert.NotNull(await accepted.AcceptAsync(static () => HeldBench.Entry()));
        var unfinished = bench.Directory.Create(pool, bench.Disk, length: 20)!;
        await unfinished.AppendAsync(new byte[10]);
        Assert.Equal(4, bench.Files.Count);

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

        Assert.Equal(3, bench.Files.Count);
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

    private static HeldBench Crash(HeldBench bench, HeldFile file, HeldEntry entry, int steps)
    {
        using var keeping = file.KeepInSteps(entry).GetEnumerator();
        for (var step = 0; step < steps && keeping.MoveNext(); step++)
        {
        }

        var crashed = bench.Crash();
        file.Close();
        return crashed;
    }
}
