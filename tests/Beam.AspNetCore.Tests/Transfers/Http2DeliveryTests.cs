using System.Net;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>What the sender is told when its receiver uses HTTP/2, whose connections say little and are shared.</summary>
[Trait("Rule", "P2")]
public sealed class Http2DeliveryTests : HttpTests
{
    // One in five, before it was right, on a busy machine.
    private const int Rounds = 60;

    [Theory]
    [InlineData(1000)]
    [InlineData(60_000)]
    public async Task Sender_HearsSent_WhenTheReceiverClosesOnTheLastByte(int size)
    {
        var server = await StartServerAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var path = $"{server.Mint()}/a";
            using var receiver = await RawHttp2Client.ConnectAsync(server.PortOf(Wire.H2c));
            await receiver.GetAsync("/" + path);
            var sent = server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, size)));

            Assert.Equal(TestBytes.Create(1, size), await receiver.ReadUntilAsync(size));
            receiver.Dispose();

            using var answer = await sent;
            Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sender_Hears502_WhenTheReceiverLeavesWhileTheServerHoldsTheLastBytes(bool hasLength)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        using var receiver = await RawHttp2Client.ConnectAsync(server.PortOf(Wire.H2c), windowBytes: 999);
        await receiver.GetAsync("/" + path);
        var sent = server.Client.SendAsync(Put(path, 1000, hasLength));
        await receiver.ReadUntilAsync(999);

        receiver.Dispose();

        using var answer = await sent;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sender_Hears502_WhenTheReceiverCancelsWhileTheServerHoldsTheLastBytes(bool hasLength)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        using var receiver = await RawHttp2Client.ConnectAsync(server.PortOf(Wire.H2c), windowBytes: 999);
        await receiver.GetAsync("/" + path);
        var sent = server.Client.SendAsync(Put(path, 1000, hasLength));
        await receiver.ReadUntilAsync(999);

        await receiver.CancelAsync();

        using var answer = await sent;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sender_WaitsForTheLastBytes_WhenTheReceiverIsSlowToTakeThem(bool hasLength)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        using var receiver = await RawHttp2Client.ConnectAsync(server.PortOf(Wire.H2c), windowBytes: 999);
        await receiver.GetAsync("/" + path);
        var sent = server.Client.SendAsync(Put(path, 1000, hasLength));
        await receiver.ReadUntilAsync(999);
        var isEarly = sent.IsCompleted;

        await receiver.OpenWindowAsync(1);

        Assert.Equal(TestBytes.Create(1, 1000), await receiver.ReadToEndAsync());
        Assert.False(isEarly);
        Assert.True(receiver.IsEnded);
        using var answer = await sent;
        Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sender_HearsSent_WhenTheFileIsEmpty(bool hasLength)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        using var receiver = await RawHttp2Client.ConnectAsync(server.PortOf(Wire.H2c));
        await receiver.GetAsync("/" + path);
        var sent = server.Client.SendAsync(Put(path, 0, hasLength));

        Assert.Empty(await receiver.ReadToEndAsync());

        Assert.True(receiver.IsEnded);
        using var answer = await sent;
        Assert.StartsWith("sent: 0 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static HttpRequestMessage Put(string path, int size, bool hasLength)
    {
        var put = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(TestBytes.Create(1, size)) };
        put.Headers.TransferEncodingChunked = !hasLength;
        return put;
    }
}
