using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>A fast sender is held to what the window takes, with and without a receiver.</summary>
public sealed class BackPressureTests : HttpTests
{
    private const long Window = 256 * 1024;
    private const long Slack = 128 * 1024;

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Sender_IsHeldAtTheReadAhead_WithoutAReceiver()
    {
        var server = await StartLimitedAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new StreamContent(new PatternStream(6, 50_000_000)));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        await Eventually.TrueAsync(() => server.Budgets.Memory.UsedBytes > 0, "the relay reads ahead");

        var (received, most) = await ReceiveAsync(server, path);

        Assert.Equal(50_000_000, received);
        Assert.InRange(most, 1, Window + Slack);
        Assert.True((await sent).IsSuccessStatusCode);
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Sender_IsHeldAtTheWindow_WhileTheReceiverPauses()
    {
        var server = await StartLimitedAsync();
        var path = $"{server.Mint()}/a";
        var receiver = await ConnectAsync(server, receiveBufferBytes: 4096);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.WaitForAsync(TransferState.WaitingForSender);
        var sent = server.Client.PutAsync(path, new StreamContent(new PatternStream(6, 20_000_000)));
        var head = await receiver.ReadHeadAsync();

        await Eventually.TrueAsync(
            () => server.Relay.GetSnapshot().Transfers.Any(static transfer => transfer.BytesReceived - transfer.BytesSent >= Window / 2),
            "the window fills");
        Assert.InRange(server.Budgets.Memory.UsedBytes, 1, Window + Slack);
        Assert.False(sent.IsCompleted);

        var body = await receiver.ReadBodyAsync(head);
        receiver.Dispose();
        Assert.Equal((true, -1L), (body.IsComplete, TestBytes.FindMismatch(6, 0, body.Bytes)));
        Assert.True((await sent).IsSuccessStatusCode);
    }

    private Task<BeamServer> StartLimitedAsync()
        => StartServerAsync(static setup => setup.Options = static options => options.WindowBytes = Window);

    private static async Task<(long Received, long Most)> ReceiveAsync(BeamServer server, string path)
    {
        await using var body = await server.Client.GetStreamAsync(path);
        await using var verified = new VerifyingStream(6);
        var buffer = new byte[64 * 1024];
        var most = server.Budgets.Memory.UsedBytes;
        while (await body.ReadAsync(buffer) is var count and > 0)
        {
            verified.Write(buffer, 0, count);
            most = Math.Max(most, server.Budgets.Memory.UsedBytes);
        }

        return (verified.Verified, most);
    }
}
