using Beam.Core.Tests.Transfers;
using Beam.Tokens;

namespace Beam.Core.Tests.Tokens;

public sealed class NodeTokenTests
{
    private const string Secret = "0123456789abcdefghjkmnpqrs";

    [Theory]
    [InlineData("n2", null)]
    [InlineData("beam-0", null)]
    [InlineData("n2", 7)]
    [Trait("Rule", "P7")]
    public void Token_BeginsWithItsNode(string nodeId, int? words)
    {
        using var test = new TestRelay(options => (options.NodeId, options.TokenWords) = (nodeId, words));
        var secret = test.Minted.Secret;

        Assert.StartsWith(nodeId + ".", secret, StringComparison.Ordinal);
        Assert.True(NodeToken.TryGetNodeId(secret, out var found));
        Assert.Equal(nodeId, found.ToString());
        Assert.Same(test.Token, test.Relay.Tokens.Find(secret));
    }

    [Fact]
    [Trait("Rule", "P7")]
    public void Token_IsFoundAsItIsOnly()
    {
        using var test = new TestRelay(options => options.NodeId = "n2");
        var secret = test.Minted.Secret[3..];

        Assert.Null(test.Relay.Tokens.Find(secret));
        Assert.Null(test.Relay.Tokens.Find("n1." + secret));
        Assert.Null(test.Relay.Tokens.Find("n2.n2." + secret));
        Assert.Null(test.Relay.Tokens.Find("." + secret));
    }

    [Fact]
    [Trait("Rule", "P9")]
    public void SubToken_BeginsWithTheSameNode()
    {
        using var test = new TestRelay(options => options.NodeId = "n2");

        Assert.StartsWith(
            "n2.",
            test.Relay.Tokens.MintSubTokenAsync(test.Token, TokenRights.Send).AtOnce()!.Secret,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Secret)]
    [InlineData("." + Secret)]
    [InlineData("n2." + Secret + "0")]
    [InlineData("n2.n3." + Secret)]
    [InlineData("N2." + Secret)]
    [InlineData("n2.")]
    [InlineData("n2.txt")]
    [InlineData("n2.7-zip")]
    [InlineData("n2.7--")]
    [InlineData("n2.7-amber-")]
    [InlineData("n2/x." + Secret)]
    [InlineData("")]
    public void TryGetNodeId_FindsNone_InWhatIsNoTokenWithANode(string text)
        => Assert.False(NodeToken.TryGetNodeId(text, out _));
}
