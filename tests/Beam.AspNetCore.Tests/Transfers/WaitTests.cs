using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>How long one side waits for the other, with a clock that the test moves.</summary>
public sealed class WaitTests : HttpTests
{
    private readonly FakeClock _clock = new();

    [Theory]
    [InlineData("", null, 300)]
    [InlineData("?wait=30", null, 30)]
    [InlineData("?wait=9999", null, 300)]
    [InlineData("", "wait=20", 20)]
    [InlineData("", "respond-sync, wait=\"20\"; x", 20)]
    [InlineData("?wait=10", "wait=20", 10)]
    [InlineData("", "wait=soon", 300)]
    [Trait("Rule", "P4")]
    [Trait("Rule", "P17")]
    public async Task Sender_ReadsGatewayTimeout_WhenNoReceiverComesInTime(string query, string? prefer, int seconds)
    {
        var server = await StartServerAsync(setup => setup.Clock = _clock);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{server.Mint()}/a{query}") { Content = new StringContent("hello") };
        request.Headers.TryAddWithoutValidation("Prefer", prefer);
        var sent = server.Client.SendAsync(request);
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        _clock.Advance(TimeSpan.FromSeconds(seconds - 2));
        Assert.Equal(1, server.Relay.TransferCount);
        _clock.Advance(TimeSpan.FromSeconds(3));

        using var answer = await sent;
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("No receiver came in time.\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("5", answer.Headers.RetryAfter?.ToString());
    }

    [Theory]
    [InlineData("", 300)]
    [InlineData("?wait=1", 1)]
    [Trait("Rule", "P4")]
    [Trait("Rule", "P19")]
    public async Task Receiver_ReadsGatewayTimeout_WhenNoSenderComesInTime(string query, int seconds)
    {
        var server = await StartServerAsync(setup => setup.Clock = _clock);
        var received = server.Client.GetAsync($"{server.Mint()}/a{query}");
        await server.WaitForAsync(TransferState.WaitingForSender);

        _clock.Advance(TimeSpan.FromSeconds(seconds + 1));

        using var answer = await received;
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("No sender came in time.\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("5", answer.Headers.RetryAfter?.ToString());
    }

    [Theory]
    [InlineData("?wait=")]
    [InlineData("?wait=0")]
    [InlineData("?wait=-1")]
    [InlineData("?wait=1.5")]
    [InlineData("?wait=soon")]
    [InlineData("?wait=99999999999999999999")]
    [InlineData("?wait=1&wait=2")]
    [InlineData("?wait=%201")]
    [Trait("Rule", "P15")]
    [Trait("Rule", "P17")]
    public async Task Wait_IsRefused_WhenItIsNoNumberOfSeconds(string query)
    {
        var server = await StartServerAsync(setup => setup.Clock = _clock);
        var token = server.Mint();

        using var sent = await server.Client.PutAsync($"{token}/a{query}", new StringContent("hello"));
        using var received = await server.Client.GetAsync($"{token}/a{query}");

        foreach (var answer in new[] { sent, received })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal("wait is a whole number of seconds, at least 1.\n", await answer.Content.ReadAsStringAsync());
        }
    }
}
