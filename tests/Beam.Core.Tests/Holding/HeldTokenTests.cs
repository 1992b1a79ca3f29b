using Beam.Core.Tests.Transfers;
using Beam.Holding;
using Beam.Tokens;

namespace Beam.Core.Tests.Holding;

/// <summary>
/// Several files of one channel have tokens in common. No entry gives a token that lives already more rights, or another channel.
/// </summary>
[Trait("Rule", "P9")]
[Trait("Rule", "P13")]
public sealed class HeldTokenTests : IDisposable
{
    private readonly HeldBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Files_OfOneChannel_ShareIt()
    {
        using var relay = Start(First(HeldBench.Root), Second(HeldBench.Root, HeldBench.Token("link", parent: 0, TokenRights.Receive)));

        Assert.Equal(2, relay.Relay.TransferCount);
        Assert.Same(relay.Relay.Tokens.Find("root")!.Channel, relay.Relay.Tokens.Find("link")!.Channel);
        Assert.Equal(3, relay.Relay.Tokens.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TokenOfAnotherChannel_OpensNothingThere(bool isForgedFirst)
    {
        // The holder of a link has made an entry in which the link, or a token of his own, has all rights.
        HeldToken[] forged = [HeldBench.Token("link"), HeldBench.Token("mine")];
        var honest = First(HeldBench.Root, HeldBench.Token("link", parent: 0, TokenRights.Receive));
        var evil = Second(forged) with { Channel = HeldBench.Digest("link") };
        using var relay = isForgedFirst ? Start(evil, honest) : Start(honest, evil);

        Assert.Equal(1, relay.Relay.TransferCount);
        var root = relay.Relay.Tokens.Find("root");
        Assert.Equal(!isForgedFirst, root is not null);
        if (root is not null)
        {
            Assert.Equal(TokenRights.Receive, relay.Relay.Tokens.Find("link")!.Rights);
            Assert.Null(relay.Relay.Tokens.Find("mine"));
        }
    }

    [Fact]
    public void Rights_StayAsTheyAre()
    {
        using var relay = Start(
            First(HeldBench.Root, HeldBench.Token("link", parent: 0, TokenRights.Receive)),
            Second(HeldBench.Root, HeldBench.Token("link", parent: 0, TokenRights.All), HeldBench.Token("new", parent: 0)));

        Assert.Equal(1, relay.Relay.TransferCount);
        Assert.Equal(TokenRights.Receive, relay.Relay.Tokens.Find("link")!.Rights);
        Assert.Null(relay.Relay.Tokens.Find("new"));
        Assert.Equal(3, relay.Relay.Tokens.Count);
    }

    [Theory]
    [InlineData(5, 2)]
    [InlineData(2, 5)]
    public void Uses_AreTheFewest_WhicheverFileComesFirst(int first, int second)
    {
        using var relay = Start(
            First(HeldBench.Root, HeldBench.Token("link", parent: 0, uses: first)),
            Second(HeldBench.Root, HeldBench.Token("link", parent: 0, uses: second)));

        Assert.Equal(2, relay.Relay.Tokens.Find("link")!.UsesLeft);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(1, null)]
    public void Uses_StayLimitedOrNot(int? first, int? second)
    {
        using var relay = Start(
            First(HeldBench.Root, HeldBench.Token("link", parent: 0, uses: first)),
            Second(HeldBench.Root, HeldBench.Token("link", parent: 0, uses: second)));

        Assert.Equal(1, relay.Relay.TransferCount);
        Assert.Equal(first, relay.Relay.Tokens.Find("link")!.UsesLeft);
    }

    [Theory]
    [InlineData(20, 40)]
    [InlineData(40, 20)]
    public void Life_IsThatOfTheLastUse_WhicheverFileComesFirst(int first, int second)
    {
        using var relay = Start(
            First(HeldBench.Root with { ExpiresAt = HeldBench.Now + TimeSpan.FromMinutes(first) }),
            Second(HeldBench.Root with { ExpiresAt = HeldBench.Now + TimeSpan.FromMinutes(second) }));

        Assert.Equal(HeldBench.Now + TimeSpan.FromMinutes(40), relay.Relay.Tokens.Find("root")!.ExpiresAt);
    }

    private static HeldEntry First(params HeldToken[] tokens) => HeldBench.Entry(tokens);

    private static HeldEntry Second(params HeldToken[] tokens)
        => HeldBench.Entry(tokens) with { TransferId = "abcde-2", Name = "second" };

    /// <summary>Starts a relay that finds <paramref name="first"/> first.</summary>
    private TestRelay Start(HeldEntry first, HeldEntry second)
    {
        List<HeldFile> files = [_bench.Create(), _bench.Create()];
        files.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        files[0].Keep(first);
        files[1].Keep(second);
        files.ForEach(static file => file.Close());
        return _bench.Start();
    }
}
