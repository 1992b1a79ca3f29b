using Beam.Buffering;
using Beam.Core.Tests.Transfers;
using Beam.Holding;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Holding;

/// <summary>What the relay knows of a channel is written once for all its files, and once for all who wait for the disk.</summary>
[Trait("Rule", "P13")]
public sealed class HeldChannelFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [Trait("Rule", "P38")]
    public async Task Change_OfTokens_WritesOneFile_HoweverManyAreHeld(int files)
    {
        using var test = Create();
        for (var i = 0; i < files; i++)
        {
            await HandInAsync(test, $"{i}");
        }

        var before = Read();
        var link = (await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Receive))!.Token;
        var minted = Read();
        await test.Relay.RevokeAsync(link);
        var revoked = Read();

        Assert.Equal(".beamchannel", Path.GetExtension(Assert.Single(Changed(before, minted))));
        Assert.Equal(".beamchannel", Path.GetExtension(Assert.Single(Changed(minted, revoked))));
        Assert.Equal((2 * files) + 2, revoked.Count);
    }

    [Fact]
    [Trait("Rule", "P38")]
    public async Task Saves_ThatComeWhileTheDiskIsBusy_AreOne()
    {
        using var test = Create();
        await HandInAsync(test, "a");
        var channel = test.Token.Channel;
        var saves = new List<Task>();
        var asking = Task.Run(() =>
        {
            // The writer waits for this lock, so that the first save has begun and is not done.
            lock (channel.Lock)
            {
                var file = channel.Held!;
                saves.Add(file.SaveAsync(channel));
                var wait = default(SpinWait);
                while (ReferenceEquals(file.SaveAsync(channel), saves[0]))
                {
                    wait.SpinOnce();
                }

                saves.AddRange(Enumerable.Range(0, 1_000).Select(_ => file.SaveAsync(channel)));
            }
        });

        await asking.Soon();
        await Task.WhenAll(saves).Soon();

        Assert.Equal(2, saves.Distinct().Count());
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task File_GoesWithTheLastOfItsChannel_AndComesWithTheNext()
    {
        using var test = Create();
        await HandInAsync(test, "a");
        await HandInAsync(test, "b");
        test.Relay.Cancel(test.Token, "a");
        await Eventually.TrueAsync(() => Kept().Count == 3, "the first is gone");
        test.Relay.Cancel(test.Token, "b");
        await Eventually.TrueAsync(() => Kept().Count == 0, "nothing is left");
        Assert.Equal(0, test.Budgets.Disk.UsedBytes);

        await test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Send);
        Assert.Empty(Kept());
        await HandInAsync(test, "c");

        Assert.Equal([".beamchannel", ".beamentry", ".beamheld"], Kept().Select(static file => Path.GetExtension(file)).Order());
    }

    [Fact]
    public async Task File_IsAcceptedAgain_WhenItsSenderNeverHeardOfIt()
    {
        using var bench = new HeldBench();
        var pool = new ChunkPool(new BufferBudget(1024 * 1024));
        var file = bench.Directory.Create(pool, bench.Disk, length: null)!;
        await file.AppendAsync(new byte[10]);
        file.Complete();
        var channelFile = file.CreateChannelFile();
        foreach (var receivers in new[] { 1, 2 })
        {
            channelFile.Enter();
            Assert.Equal(receivers, (await file.AcceptAsync(new BeamChannel(), channelFile, () => Describe(receivers)))?.Receivers);
        }

        Assert.Equal(4, bench.Files.Count);
        file.Fail();
        Assert.Equal([HeldBench.Key], bench.Files);

        HeldEntry Describe(int receivers) => HeldBench.Entry() with { Channel = channelFile.Name, Receivers = receivers };
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NothingIsLeft_WhenTheTransferEndsWhileItIsAccepted(bool hasRoom)
    {
        using var bench = new HeldBench();
        var disk = new BufferBudget(hasRoom ? 1024 * 1024 : 8192);
        var pool = new ChunkPool(new BufferBudget(1024 * 1024));
        var file = bench.Directory.Create(pool, disk, length: 10)!;
        await file.AppendAsync(new byte[10]);
        file.Complete();
        var channelFile = file.CreateChannelFile();
        channelFile.Enter();

        // Without room there is none for the entry, after the channel was written.
        var accepting = file.AcceptAsync(new BeamChannel(), channelFile, () => hasRoom ? null : HeldBench.Entry());

        Assert.Equal(hasRoom ? null : typeof(IOException), (await Record.ExceptionAsync(() => accepting))?.GetType());
        file.Fail();
        Assert.Equal([HeldBench.Key], bench.Files);
        Assert.Equal(0, disk.UsedBytes);
    }

    private static IEnumerable<string> Changed(Dictionary<string, string> before, Dictionary<string, string> after)
        => after.Where(file => before.GetValueOrDefault(file.Key) != file.Value).Select(static file => file.Key);

    private static async Task HandInAsync(TestRelay test, string name)
    {
        await using var sender = test.Send(name, length: 0, new SendTerms { HandsIn = true });
        await sender.CompleteAsync();
        Assert.NotNull((await sender.Result.Soon()).HandedInUntil);
    }

    private Dictionary<string, string> Read()
        => _folder.Files().ToDictionary(static file => file, file => Convert.ToHexString(File.ReadAllBytes(_folder[file])));

    private List<string> Kept() => [.. _folder.Files().Where(static file => !file.EndsWith(".beamkey", StringComparison.Ordinal))];

    private TestRelay Create() => new(options => options.SpillDirectory = _folder["spill"]);
}
