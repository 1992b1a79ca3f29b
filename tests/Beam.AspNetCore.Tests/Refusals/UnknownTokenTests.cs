using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;

namespace Beam.AspNetCore.Tests.Refusals;

/// <summary>Tokens that do not exist, no longer exist, or do not allow it.</summary>
public sealed class UnknownTokenTests : HttpTests
{
    private const string NotFoundLine = "Unknown or expired token.\n";

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [Trait("Rule", "P8")]
    [Trait("Rule", "P15")]
    public async Task Request_ReadsNotFound_WhenTheTokenIsUnknown(string method)
    {
        var server = await StartServerAsync();
        string[] unknown = ["0123456789abcdefghjkmnpqrs", "-", "short", "UPPERCASEUPPERCASEUPPERCASE", new('a', 4000), "%F0%9F%98%80"];
        foreach (var token in unknown)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"{token}/a");

            using var answer = await server.Client.SendAsync(request);

            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal(NotFoundLine, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    [Trait("Rule", "P8")]
    public async Task Token_ReadsNotFound_AfterItsLife()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var token = server.Mint();
        clock.Advance(TimeSpan.FromMinutes(20));

        using var answer = await server.Client.GetAsync($"{token}/a");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(NotFoundLine, await answer.Content.ReadAsStringAsync());
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, server.Relay.Tokens.Count);
    }

    [Fact]
    [Trait("Rule", "P8")]
    public async Task Token_LivesFiveMoreMinutes_AfterAUse()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var token = server.Mint();
        clock.Advance(TimeSpan.FromMinutes(19));
        var received = server.Client.GetStringAsync($"{token}/a");
        using var sent = await server.Client.PutAsync($"{token}/a", new StringContent("used"));
        Assert.Equal("used", await received);
        await server.WaitUntilEmptyAsync();

        clock.Advance(TimeSpan.FromMinutes(4.9));
        using var alive = await server.Client.DeleteAsync($"{token}/nothing");
        clock.Advance(TimeSpan.FromMinutes(0.2));
        using var ended = await server.Client.DeleteAsync($"{token}/nothing");

        Assert.Equal("There is no transfer of that name.\n", await alive.Content.ReadAsStringAsync());
        Assert.Equal(NotFoundLine, await ended.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P8")]
    public async Task Token_Ends_AtItsAbsoluteLimit_WhateverItsUse()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup =>
        {
            setup.Clock = clock;
            setup.Options = static options => options.TokenMaxAge = TimeSpan.FromMinutes(21);
        });
        var token = server.Mint();
        clock.Advance(TimeSpan.FromMinutes(19));
        var received = server.Client.GetAsync($"{token}/a");
        await server.WaitForAsync(Beam.Transfers.TransferState.WaitingForSender);

        clock.Advance(TimeSpan.FromMinutes(2.1));

        using var answer = await received;
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        Assert.Equal("The token was revoked or has expired.\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(TokenRights.Receive, "PUT")]
    [InlineData(TokenRights.Receive, "POST")]
    [InlineData(TokenRights.Send, "GET")]
    [Trait("Rule", "P9")]
    [Trait("Rule", "P15")]
    public async Task Request_ReadsForbidden_WhenTheTokenLacksTheRight(TokenRights rights, string method)
    {
        var server = await StartServerAsync();
        var token = server.Mint(server.Mint(), rights);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{token}/a");

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("The token does not allow this.\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task Token_ReadsGone_WhenItsUsesAreSpent()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var once = server.Mint(token, TokenRights.Send, uses: 1);
        var received = server.Client.GetStringAsync($"{token}/a");
        using var sent = await server.Client.PutAsync($"{once}/a", new StringContent("once"));
        Assert.Equal("once", await received);

        using var answer = await server.Client.PutAsync($"{once}/b", new StringContent("twice"));

        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        Assert.Equal("The token has no uses left.\n", await answer.Content.ReadAsStringAsync());
    }
}
