using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>DELETE on a transfer and on a token cuts both sides, visibly.</summary>
public sealed class CancelTests : HttpTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("")]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P11")]
    [Trait("Rule", "P28")]
    public async Task Delete_CutsBothSides_WhileBytesFlow(string name)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl("--fail", "--limit-rate", "1M", server.Url($"{token}/a"));
        var sender = Curl(
            new ClientProcessOptions { Input = new PatternStream(1, long.MaxValue) },
            "--fail-with-body", "-T", "-", server.Url($"{token}/a"));
        await receiver.WaitForOutputAsync(1);

        using var cancelled = await server.Client.DeleteAsync($"{token}/{name}".TrimEnd('/'));

        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        Assert.Contains(await receiver.WaitAsync(), new[] { 18, 56 });
        Assert.Equal(22, await sender.WaitAsync());
        Assert.Equal(name == "a" ? "The transfer was cancelled.\n" : "The token was revoked or has expired.\n", sender.OutputText);
    }

    [Fact]
    [Trait("Rule", "P28")]
    public async Task Delete_ReadsNotFound_WhenThereIsNoSuchTransfer()
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.DeleteAsync($"{server.Mint()}/nothing");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("There is no transfer of that name.\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/a")]
    [InlineData("")]
    [Trait("Rule", "P9")]
    [Trait("Rule", "P11")]
    [Trait("Rule", "P28")]
    public async Task Delete_IsForbidden_ToAReceiveOnlyToken(string name)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var sent = server.Client.PutAsync($"{token}/a", new StringContent("kept"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        var receiveOnly = server.Mint(token, TokenRights.Receive);

        using var answer = await server.Client.DeleteAsync(receiveOnly + name);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("The token does not allow this.\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("kept", await server.Client.GetStringAsync($"{receiveOnly}/a"));
        Assert.Equal(HttpStatusCode.OK, (await sent).StatusCode);
    }

    [Fact]
    [Trait("Rule", "P28")]
    public async Task Delete_CancelsWhatWasClaimedWithAReceiveOnlyToken()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var link = server.Mint(token, TokenRights.Receive);
        var receiver = Curl("--fail", "--limit-rate", "1M", server.Url($"{link}/a"));
        var sender = Curl(
            new ClientProcessOptions { Input = new PatternStream(1, long.MaxValue) },
            "--fail-with-body", "-T", "-", server.Url($"{token}/a"));
        await receiver.WaitForOutputAsync(1);

        using var cancelled = await server.Client.DeleteAsync($"{link}/a");

        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        Assert.Contains(await receiver.WaitAsync(), new[] { 18, 56 });
        Assert.Equal(22, await sender.WaitAsync());
        Assert.Equal("The transfer was cancelled.\n", sender.OutputText);
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Revoke_EndsTheToken_ItsSubTokens_AndWhatWaits()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var sub = server.Mint(token, TokenRights.Send);
        var waiting = server.Client.PutAsync($"{sub}/a", new StringContent("never read"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var revoked = await server.Client.DeleteAsync(token);

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        foreach (var secret in new[] { token, sub })
        {
            using var gone = await server.Client.PutAsync($"{secret}/b", new StringContent("too late"));
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        }

        Assert.Equal(0, server.Relay.Tokens.Count);
    }

    [Theory]
    [InlineData("0123456789abcdefghjkmnpqrs")]
    [InlineData("nothing")]
    [Trait("Rule", "P8")]
    [Trait("Rule", "P11")]
    public async Task Revoke_ReadsNotFound_WhenTheTokenIsUnknown(string token)
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.DeleteAsync(token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("Unknown or expired token.\n", await answer.Content.ReadAsStringAsync());
    }
}
