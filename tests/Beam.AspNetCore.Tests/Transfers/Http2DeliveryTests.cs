using System.Net;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>What the relay tells the sender when its receiver uses HTTP/2, whose connections say little and are shared.</summary>
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
            var (receiver, sent) = await BeginAsync(server, size, hasLength: true);

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
        var (receiver, sent) = await BeginUpToTheLastByteAsync(hasLength);

        receiver.Dispose();

        using var answer = await sent;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sender_Hears502_WhenTheReceiverCancelsWhileTheServerHoldsTheLastBytes(bool hasLength)
    {
        var (receiver, sent) = await BeginUpToTheLastByteAsync(hasLength);

        await receiver.CancelAsync();

        using var answer = await sent;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sender_WaitsForTheLastBytes_WhenTheReceiverIsSlowToTakeThem(bool hasLength)
    {
        var (receiver, sent) = await BeginUpToTheLastByteAsync(hasLength);
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
        var (receiver, sent) = await BeginAsync(server, size: 0, hasLength);

        Assert.Empty(await receiver.ReadToEndAsync());

        Assert.True(receiver.IsEnded);
        using var answer = await sent;
        Assert.StartsWith("sent: 0 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Begins a transfer whose receiver has all bytes except the last, for which its window has no room.</summary>
    private async Task<(RawHttp2Client Receiver, Task<HttpResponseMessage> Sent)> BeginUpToTheLastByteAsync(bool hasLength)
    {
        var (receiver, sent) = await BeginAsync(await StartServerAsync(), size: 1000, hasLength, windowBytes: 999);
        await receiver.ReadUntilAsync(999);
        return (receiver, sent);
    }

    private async Task<(RawHttp2Client Receiver, Task<HttpResponseMessage> Sent)> BeginAsync(
        BeamServer server, int size, bool hasLength, int windowBytes = RawHttp2Client.DefaultWindowBytes)
    {
        var path = $"{server.Mint()}/a";
        var receiver = OwnDisposable(await RawHttp2Client.ConnectAsync(server.PortOf(Wire.H2c), windowBytes));
        await receiver.GetAsync("/" + path);
        var put = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(TestBytes.Create(1, size)) };
        put.Headers.TransferEncodingChunked = !hasLength;
        return (receiver, server.Client.SendAsync(put));
    }
}
