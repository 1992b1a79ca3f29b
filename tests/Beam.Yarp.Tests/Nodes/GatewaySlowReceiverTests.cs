using Beam.AspNetCore;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>What the relay tells a sender when the gateway has everything long before its receiver, which may never get it.</summary>
[Trait("Rule", "P2")]
public sealed class GatewaySlowReceiverTests : GatewayTests
{
    // The systems between node and gateway take it at once, and a window over HTTP/2 could take it.
    private const int Size = 60_000;

    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("Content-Length: 60000", 0)]
    [InlineData("Content-Length: 60000", 20_000)]
    [InlineData("Transfer-Encoding: chunked", 0)]
    [InlineData("Transfer-Encoding: chunked", 59_999)]
    [Trait("Rule", "P4")]
    public async Task Sender_IsRefusedASuccess_WhenAReceiverOverHttp2TakesNoMore(string framing, int window)
    {
        var (gateway, path) = await StartAsync();
        using var receiver = await RawHttp2Client.ConnectAsync(new Uri(gateway.Server.Http2Url).Port, window);
        await receiver.GetAsync(path);
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + path, "-H", framing);

        Assert.Equal((22, "The receiver stood still for too long.\n"), (await sender.WaitAsync(), sender.OutputText));
        Assert.Equal(TestBytes.Create(1, Size)[..window], await receiver.ReadToEndAsync());
        Assert.True(receiver.IsReset);
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Sender_IsRefusedASuccess_WhenAReceiverOverHttp1TakesNoMore()
    {
        const int SmallBuffer = 4 * 1024;
        var (gateway, path) = await StartAsync();
        var receiver = await ConnectAsync(gateway.Server.Port, SmallBuffer);
        await receiver.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + path);

        Assert.Equal((22, "The receiver stood still for too long.\n"), (await sender.WaitAsync(), sender.OutputText));
    }

    [Theory]
    [InlineData("Content-Length: 60000")]
    [InlineData("Transfer-Encoding: chunked")]
    [Trait("Rule", "P4")]
    public async Task Receiver_ThatIsSlowerThanTheStallLimit_GetsEverything(string framing)
    {
        const int Piece = 12_000;
        var (gateway, path) = await StartAsync();
        using var receiver = await RawHttp2Client.ConnectAsync(new Uri(gateway.Server.Http2Url).Port, windowBytes: 0);
        await receiver.GetAsync(path);
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + path, "-H", framing);
        using var pace = new PeriodicTimer(Stall * 0.6, TimeProvider.System);
        for (var taken = Piece; taken <= Size; taken += Piece)
        {
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await receiver.OpenWindowAsync(Piece);
            await receiver.ReadUntilAsync(taken);
        }

        Assert.Equal(TestBytes.Create(1, Size), await receiver.ReadToEndAsync());
        Assert.Equal(0, await sender.WaitAsync());
        Assert.StartsWith("sent: ", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Sender_IsToldAtOnce_WhenAReceiverOverHttp2ResetsItsStream()
    {
        var (gateway, path) = await StartAsync(stall: TimeSpan.FromMinutes(1));
        using var receiver = await RawHttp2Client.ConnectAsync(new Uri(gateway.Server.Http2Url).Port, windowBytes: 20_000);
        await receiver.GetAsync(path);
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + path);
        await receiver.ReadUntilAsync(20_000);
        await receiver.CancelAsync();

        Assert.Equal((22, "The receiver broke off before it had everything.\n"), (await sender.WaitAsync(), sender.OutputText));
    }

    [Fact]
    public async Task Sender_IsRefusedASuccess_WhenTheReceiverDiesWithUnreadBytes_AndTheNodeKeepsConnections()
    {
        var node = await StartAsync(
            static builder =>
            {
                builder.Services.AddBeam(static options =>
                {
                    options.NodeId = "n1";
                    WithoutResuming(options);
                });
                builder.Services.Configure<BeamHttpOptions>(static options => options.MaxKeepAliveBytes = Size);
            },
            static app => app.MapBeam());
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var path = $"/{await gateway.Server.MintAsync()}/a";
        var receiver = await ConnectAsync(gateway.Server.Port, receiveBufferBytes: 4 * Size);
        await receiver.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + path);
        await Eventually.TrueAsync(() => receiver.Socket.Available >= Size, "the receiver's system has everything");
        receiver.Dispose();

        Assert.Equal((22, "The receiver broke off before it had everything.\n"), (await sender.WaitAsync(), sender.OutputText));
    }

    [Theory]
    [InlineData("--http1.1", "confirmed: 0 bytes")]
    [InlineData("--http2-prior-knowledge", "sent: 0 bytes")]
    public async Task EmptyFile_Passes(string version, string word)
    {
        var (gateway, path) = await StartAsync();
        var url = version == "--http1.1" ? gateway.Url : gateway.Server.Http2Url;
        var receiver = Curl("--fail", version, url + path);
        var sender = Upload([], gateway.Url + path);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.StartsWith(word, sender.OutputText, StringComparison.Ordinal);
    }

    private async Task<(NodeGateway Gateway, string Path)> StartAsync(TimeSpan? stall = null)
    {
        var node = await StartNodeAsync("n1", options => options.StallTimeout = stall ?? Stall);
        var gateway = await StartGatewayAsync(("n1", node.Url));
        return (gateway, $"/{await gateway.Server.MintAsync()}/a");
    }
}
