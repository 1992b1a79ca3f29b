using System.Net;
using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Tokens;

/// <summary>Links with fewer rights.</summary>
[Trait("Rule", "P9")]
public sealed class SubTokenTests : HttpTests
{
    [Fact]
    public async Task Link_IsMinted_AsATokenIs()
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.PostAsync($"{server.Mint()}/-/token?rights=send", content: null);

        var text = await answer.Content.ReadAsStringAsync();
        server.Guard(text.TrimEnd());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Matches(@"\A[0-9a-z]{26}\n\z", text);
        Assert.Equal(server.Url(text.TrimEnd()), answer.Headers.Location!.OriginalString);
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Link_SaysWhatItAllows_ToThoseWhoAcceptJson()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Mint()}/-/token?rights=send,receive&uses=3&lifetime=600");
        request.Headers.Add("Accept", "application/json");

        using var answer = await server.Client.SendAsync(request);

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        server.Guard(json.RootElement.GetProperty("token").GetString()!);
        Assert.Equal(
            ["send", "receive"],
            json.RootElement.GetProperty("rights").EnumerateArray().Select(static right => right.GetString()));
        Assert.Equal(3, json.RootElement.GetProperty("usesLeft").GetInt32());
        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromMinutes(10), json.RootElement.GetProperty("expiresAt").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("", "rights is send, receive, or both with a comma.")]
    [InlineData("?rights=all", "rights is send, receive, or both with a comma.")]
    [InlineData("?rights=send,", "rights is send, receive, or both with a comma.")]
    [InlineData("?rights=send&uses=0", "uses is a whole number, at least 1.")]
    [InlineData("?rights=send&uses=many", "uses is a whole number, at least 1.")]
    [InlineData("?rights=send&lifetime=-5", "lifetime is a whole number of seconds, at least 1.")]
    [InlineData("?rights=send&lifetime=", "lifetime is a whole number of seconds, at least 1.")]
    public async Task Request_ReadsBadRequest_WithTheRuleThatItBreaks(string query, string reason)
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.PostAsync($"{server.Mint()}/-/token{query}", content: null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(reason + "\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(TokenRights.Receive, "receive", HttpStatusCode.Forbidden)]
    [InlineData(TokenRights.Receive, "send", HttpStatusCode.Forbidden)]
    [InlineData(TokenRights.Send, "receive", HttpStatusCode.Forbidden)]
    [InlineData(TokenRights.Send, "send,receive", HttpStatusCode.Forbidden)]
    [InlineData(TokenRights.Send, "send", HttpStatusCode.Created)]
    [InlineData(TokenRights.All, "send,receive", HttpStatusCode.Created)]
    public async Task Token_GivesNoRightThatItLacks_AndOneForReceivingGivesNone(TokenRights rights, string wanted, HttpStatusCode expected)
    {
        var server = await StartServerAsync();
        var token = server.Mint(server.Mint(), rights);

        using var answer = await server.Client.PostAsync($"{token}/-/token?rights={wanted}", content: null);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P38")]
    public async Task Link_OfALinkOfALink_IsMadeFourTimesAtMost()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        for (var depth = 1; depth <= 4; depth++)
        {
            using var made = await server.Client.PostAsync($"{token}/-/token?rights=send,receive", content: null);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
            token = (await made.Content.ReadAsStringAsync()).TrimEnd();
            server.Guard(token);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, $"{token}/-/token?rights=send");
        request.Headers.Add("Accept", "application/problem+json");
        using var refused = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var text = await refused.Content.ReadAsStringAsync();
        Assert.Contains("link_too_deep", text, StringComparison.Ordinal);
        const string Reason = "No further link can be made from this one: it is 4 links away from the first token.";
        Assert.Contains(Reason, text, StringComparison.Ordinal);
        Assert.Equal(5, server.Relay.Tokens.Count);
    }

    [Fact]
    public async Task Channel_ThatHasAllItsLinks_SaysSo()
    {
        var server = await StartServerAsync(static setup => setup.Options = static options => options.MaxTokensPerChannel = 2);
        var token = server.Mint();
        using var first = await server.Client.PostAsync($"{token}/-/token?rights=send", content: null);
        using var second = await server.Client.PostAsync($"{token}/-/token?rights=send", content: null);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode));
        Assert.NotNull(second.Headers.RetryAfter);
        Assert.StartsWith("Too many links of this channel live;", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True((await server.Client.PostAsync("token", content: null)).IsSuccessStatusCode);
    }

    [Fact]
    [Trait("Rule", "P12")]
    public async Task SendOnlyLink_TakesAFile_AndShowsNone()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var link = server.Mint(token, TokenRights.Send);
        using var folder = NewFolder();
        await File.WriteAllTextAsync(folder["work.txt"], "done");
        var sender = Curl("--fail", "-T", folder["work.txt"], server.Url(link) + "/");
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var received = await server.Client.GetAsync($"{link}/work.txt");
        using var next = await server.Client.GetAsync(link);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (received.StatusCode, next.StatusCode));

        Assert.Equal("done", await server.Client.GetStringAsync($"{token}/work.txt"));
        Assert.Equal(0, await sender.WaitAsync());
    }

    [Fact]
    public async Task ReceiveOnlyLink_CannotSend()
    {
        var server = await StartServerAsync();
        var link = server.Mint(server.Mint(), TokenRights.Receive);

        using var answer = await server.Client.PutAsync($"{link}/a", new StringContent("never read"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Link_IsSpent_AfterItsUses()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var link = server.Mint(token, TokenRights.Receive, uses: 1);
        var received = server.Client.GetStringAsync($"{link}/a");
        await server.WaitForAsync(TransferState.WaitingForSender);
        using var sent = await server.Client.PutAsync($"{token}/a", new StringContent("once"));
        Assert.Equal("once", await received);

        using var again = await server.Client.GetAsync($"{link}/b");

        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        Assert.Equal("The token has no uses left.\n", await again.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Link_EndsWithTheTokenItWasMadeFrom()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var link = server.Mint(server.Mint(token, TokenRights.All), TokenRights.Receive);
        var waiting = server.Client.GetAsync(link);
        await WaitForNextReceiverAsync(server, token);

        using var revoked = await server.Client.DeleteAsync(token);

        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        using var later = await server.Client.GetAsync(link);
        Assert.Equal(HttpStatusCode.NotFound, later.StatusCode);
    }

    private static Task WaitForNextReceiverAsync(BeamServer server, string token)
        => Eventually.TrueAsync(
            () => server.Relay.Tokens.Find(token)!.Channel.GetSnapshot().NextReceivers == 1,
            "a receiver waits for whatever comes");
}
