using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>The relay ends the requests of clients that say nothing, from the start or after a beginning.</summary>
public sealed class SilenceTests : HttpTests
{
    private readonly FakeClock _clock = new();

    [Theory]
    [InlineData("")]
    [InlineData("PUT /token/a HTTP/1.1\r\nHost: local")]
    [Trait("Rule", "P4")]
    public async Task Connection_IsClosed_WhenNoRequestComes(string beginning)
    {
        var server = await StartServerAsync(
            static setup => setup.Services = static builder => builder.Services.Configure<KestrelServerOptions>(static kestrel =>
            {
                kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1);
                kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            }));
        var client = await ConnectAsync(server);
        await client.SendAsync(beginning);

        var end = await client.ReadToEndAsync();

        Assert.True(end.Bytes.Length == 0 || end.Text.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), end.Text);
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Theory]
    [InlineData("Content-Length: 1000\r\n\r\n")]
    [InlineData("Content-Length: 1000\r\n\r\n--x\r\nContent-Dispo")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\n--\r\n")]
    [Trait("Rule", "P4")]
    public async Task Form_ReadsRequestTimeout_WhenNothingFollowsItsHeaders(string body)
    {
        var server = await StartStoppedAsync();
        var client = await ConnectAsync(server);
        await client.SendAsync(
            $"POST /{server.Mint()} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n{body}");

        // The sweep of the relay, and the limit of the form.
        await _clock.WaitForTimersAsync(2);
        _clock.Advance(TimeSpan.FromSeconds(61));

        var head = await client.ReadHeadAsync();
        Assert.Equal(408, head.Status);
        Assert.Equal("The upload stood still for too long.\n", (await client.ReadBodyAsync(head)).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("half")]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P4")]
    public async Task Sender_ReadsRequestTimeout_WhenItFallsSilent(string beginning)
    {
        var server = await StartStoppedAsync();
        var token = server.Mint();
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{token}/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.WaitForAsync(TransferState.WaitingForSender);
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{beginning}");
        await server.WaitForAsync(TransferState.Streaming);
        if (beginning.Length > 0)
        {
            Assert.Equal(200, (await receiver.ReadHeadAsync()).Status);
            await receiver.ReadAsync(beginning.Length);
        }

        await AdvanceUntilOverAsync(server);

        var head = await sender.ReadHeadAsync();
        Assert.Equal((408, "The upload stood still for too long.\n"), (head.Status, (await sender.ReadBodyAsync(head)).Text));
        if (beginning.Length > 0)
        {
            var end = await receiver.ReadToEndAsync();
            Assert.Equal((0, ConnectionEnd.Reset), (end.Bytes.Length, end.End));
        }
        else
        {
            var answer = await receiver.ReadHeadAsync();
            Assert.Equal((502, "The sender stood still for too long.\n"), (answer.Status, (await receiver.ReadBodyAsync(answer)).Text));
        }
    }

    [Fact]
    [Trait("Rule", "P2")]
    [Trait("Rule", "P4")]
    public async Task Sender_ReadsBadGateway_WhenTheReceiverTakesNothingAnyMore()
    {
        const int Window = 64 * 1024;
        var server = await StartServerAsync(setup =>
        {
            setup.Clock = _clock;
            setup.Options = static options => options.WindowBytes = Window;
        });
        var path = $"{server.Mint()}/a";
        var receiver = await ConnectAsync(server, receiveBufferBytes: 4096);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.WaitForAsync(TransferState.WaitingForSender);
        var sent = server.Client.PutAsync(path, new StreamContent(new PatternStream(1, 32 * 1024 * 1024)));
        Assert.Equal(200, (await receiver.ReadHeadAsync()).Status);

        // Second by second, so that bytes which are still on their way into the system's buffers are not taken for a standstill.
        await Eventually.TrueAsync(
            () => server.Relay.GetSnapshot().Transfers.Any(static transfer => transfer.BytesReceived - transfer.BytesSent >= Window / 2),
            "the window fills");
        await AdvanceUntilOverAsync(server, TimeSpan.FromSeconds(1));

        using var answer = await sent;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("The receiver stood still for too long.\n", await answer.Content.ReadAsStringAsync());
    }

    private Task<BeamServer> StartStoppedAsync() => StartServerAsync(setup => setup.Clock = _clock);

    private Task AdvanceUntilOverAsync(BeamServer server) => AdvanceUntilOverAsync(server, TimeSpan.FromSeconds(61));

    private Task AdvanceUntilOverAsync(BeamServer server, TimeSpan step) => Eventually.TrueAsync(
        () =>
        {
            _clock.Advance(step);
            return server.Relay.GetSnapshot().Transfers.All(static transfer => transfer.State == TransferState.Finished);
        },
        "the transfer has ended");
}
