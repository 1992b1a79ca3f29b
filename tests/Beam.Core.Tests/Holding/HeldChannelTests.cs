using Beam.Buffering;
using Beam.Holding;
using Beam.Tokens;

namespace Beam.Core.Tests.Holding;

/// <summary>
/// What the disk says of a channel is checked as a request is, even where the relay's own mark stands on it. A channel that does not pass
/// takes its files with it: nobody could get them.
/// </summary>
[Trait("Rule", "P9")]
[Trait("Rule", "P13")]
public sealed class HeldChannelTests : IDisposable
{
    private readonly HeldBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Files_OfOneChannel_ShareIt()
    {
        _bench.Write(HeldBench.Channel(HeldBench.Root, HeldBench.Token("link", parent: 0, TokenRights.Receive)));
        _bench.Write(HeldBench.Entry());
        _bench.Write(HeldBench.Entry() with { TransferId = "abcde-2", Name = "second" });
        using var relay = _bench.Start();

        Assert.Equal(2, relay.Relay.TransferCount);
        Assert.Same(relay.Relay.Tokens.Find("root")!.Channel, relay.Relay.Tokens.Find("link")!.Channel);
        Assert.Equal(3, relay.Relay.Tokens.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TokenOfAnotherChannel_OpensNothingThere(bool isForgedFirst)
    {
        // In one of the two channels the link has all rights.
        _bench.Write(HeldBench.Channel(HeldBench.Root, HeldBench.Token("link", parent: 0, TokenRights.Receive)), "honest");
        _bench.Write(HeldBench.Channel(HeldBench.Token("link"), HeldBench.Token("mine", parent: 0)), "forged");
        WriteBoth(
            HeldBench.Entry() with { Channel = "honest" },
            HeldBench.Entry() with
            {
                Channel = "forged",
                SenderToken = HeldBench.Digest("mine"),
                TransferId = "abcde-2",
                Name = "second",
            },
            isForgedFirst);
        using var relay = _bench.Start();

        Assert.Equal(1, relay.Relay.TransferCount);
        var root = relay.Relay.Tokens.Find("root");
        Assert.Equal(!isForgedFirst, root is not null);
        Assert.Equal(!isForgedFirst, relay.Relay.Tokens.Find("mine") is null);
        Assert.Equal(isForgedFirst ? TokenRights.All : TokenRights.Receive, relay.Relay.Tokens.Find("link")!.Rights);
        Assert.Equal(4, _bench.Files.Count);
    }

    [Fact]
    public void Channel_WithoutFiles_IsDeleted()
    {
        _bench.Write(HeldBench.Channel());
        using var relay = _bench.Start();

        Assert.Equal([HeldBench.Key], _bench.Files);
        Assert.Null(relay.Relay.Tokens.Find("root"));
        Assert.Equal(0, relay.Budgets.Disk.UsedBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void File_IsDropped_WithAnotherVersion(int version) => AssertDropped(HeldBench.Channel() with { Version = version });

    [Fact]
    public void File_IsDropped_WithNotesThatNobodyCouldMake()
        => AssertDropped(HeldBench.Channel() with { Origin = new Dictionary<string, string> { ["a"] = new('x', 40_000) } });

    [Fact]
    public void File_IsDropped_WithoutTokens() => AssertDropped(HeldBench.Channel() with { Tokens = [] });

    [Theory]
    [InlineData((TokenRights)0)]
    [InlineData((TokenRights)4)]
    [InlineData((TokenRights)(-1))]
    public void File_IsDropped_WithRightsThatDoNotExist(TokenRights rights)
        => AssertDropped(HeldBench.Channel(HeldBench.Root, HeldBench.Token("other", parent: 0, rights)));

    [Fact]
    public void File_IsDropped_WithALinkThatMayMoreThanItsToken()
        => AssertDropped(HeldBench.Channel(
            HeldBench.Root,
            HeldBench.Token("link", parent: 0, TokenRights.Receive),
            HeldBench.Token("more", parent: 1, TokenRights.All)));

    [Fact]
    public void File_IsDropped_WithALinkThatOutlivesItsToken()
        => AssertDropped(HeldBench.Channel(
            HeldBench.Root,
            HeldBench.Token("link", parent: 0) with { EndsAt = HeldBench.Root.EndsAt + TimeSpan.FromSeconds(1) }));

    [Fact]
    public void File_IsDropped_WithATokenThatExpiresAfterItsEnd()
        => AssertDropped(HeldBench.Channel(HeldBench.Root with { ExpiresAt = HeldBench.Root.EndsAt + TimeSpan.FromSeconds(1) }));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(-2)]
    public void File_IsDropped_WithALinkThatDescendsFromNothingBeforeIt(int parent)
        => AssertDropped(HeldBench.Channel(HeldBench.Root, HeldBench.Token("link", parent)));

    [Fact]
    public void File_IsDropped_WithATokenTwice() => AssertDropped(HeldBench.Channel(HeldBench.Root, HeldBench.Token("root", parent: 0)));

    [Fact]
    public void File_IsDropped_WithUsesBelowZero()
        => AssertDropped(HeldBench.Channel(HeldBench.Root, HeldBench.Token("link", parent: 0, uses: -1)));

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData(" 0000000000000000000000000000000")]
    public void File_IsDropped_WithATokenThatIsNoDigest(string digest)
        => AssertDropped(HeldBench.Channel(HeldBench.Root, HeldBench.Token("link", parent: 0) with { Digest = digest }));

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public void Links_AreNoDeeperThanAnybodyCouldMakeThem(int depth, bool isTaken)
    {
        var chain = Enumerable.Range(0, depth + 1).Select(static at => HeldBench.Token(at == 0 ? "root" : $"link-{at}", at - 1)).ToList();
        if (!isTaken)
        {
            AssertDropped(HeldBench.Channel(chain));
            return;
        }

        _bench.Write(HeldBench.Channel(chain));
        _bench.Write(HeldBench.Entry());
        using var relay = _bench.Start();

        var last = relay.Relay.Tokens.Find($"link-{depth}")!;
        Assert.Equal(Token.MaxDepth, last.Depth);
        Assert.Null(relay.Relay.Tokens.MintSubTokenAsync(last, TokenRights.Send).AtOnce());
    }

    [Fact]
    public void ManyTokens_AreReadAsTheyWereWritten()
    {
        var links = Enumerable.Range(0, 20_000).Select(static i => HeldBench.Token($"{i}", parent: 0)).Prepend(HeldBench.Root).ToList();
        _bench.Write(HeldBench.Channel(links));
        _bench.Write(HeldBench.Entry());
        using var relay = _bench.Start();

        Assert.Equal(20_002, relay.Relay.Tokens.Count);
        Assert.NotNull(relay.Relay.Tokens.Find("19999"));
    }

    [Fact]
    public void EveryLetter_Counts()
    {
        _bench.Write(HeldBench.Channel());
        var bytes = File.ReadAllBytes(_bench[HeldBench.ChannelFile]);
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 1;
            File.WriteAllBytes(_bench[HeldBench.ChannelFile], bytes);
            bytes[at] ^= 1;
            Assert.Null(_bench.CreateChannelFile().TryRead());
        }
    }

    [Theory]
    [InlineData("other.beamchannel")]
    [InlineData("channel.beamentry")]
    public void File_OfAnotherNameOrKind_IsNone(string name)
    {
        _bench.Write(HeldBench.Channel());
        File.Move(_bench[HeldBench.ChannelFile], _bench[name]);

        var found = new SignedFile(
            _bench.Directory, new DiskLease(_bench.Disk), Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));

        Assert.Null(found.TryRead());
    }

    /// <summary>Writes two files, of which a relay finds the one or the other first.</summary>
    private void WriteBoth(HeldEntry one, HeldEntry other, bool isOtherFirst)
    {
        List<HeldFile> files = [_bench.Create(), _bench.Create()];
        files.Sort(static (first, second) => string.CompareOrdinal(first.Name, second.Name));
        files[0].Keep(isOtherFirst ? other : one);
        files[1].Keep(isOtherFirst ? one : other);
        files.ForEach(static file => file.Close());
    }

    private void AssertDropped(HeldChannel channel)
    {
        _bench.Write(channel);
        _bench.Write(HeldBench.Entry());
        _bench.AssertDropped();
    }
}
