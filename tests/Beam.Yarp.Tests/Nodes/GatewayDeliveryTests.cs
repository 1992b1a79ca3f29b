using Beam.Transfers;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>What the relay tells the sender when a gateway stands before the receiver and reads faster than it.</summary>
public sealed class GatewayDeliveryTests : GatewayTests
{
    private const int Size = 300_000;

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsConfirmed_WhenTheReceiverBehindTheGatewayHasReadAll()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var url = $"{gateway.Url}/{await gateway.Server.MintAsync()}/a";
        var receiver = Curl("--fail", url);
        var sender = Upload(TestBytes.Create(1, Size), url);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
        Assert.StartsWith($"confirmed: {Size} bytes to 1 receiver", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsConfirmed_WhenTheLengthIsNotKnown()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var url = $"{gateway.Url}/{await gateway.Server.MintAsync()}/a";
        var receiver = Curl("--fail", url);
        var sender = Upload(TestBytes.Create(1, Size), url, "-H", "Transfer-Encoding: chunked");

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
        Assert.StartsWith($"confirmed: {Size} bytes", sender.OutputText, StringComparison.Ordinal);
    }

    /// <summary>Without a length there is nothing after the body but the end of the connection.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(300_000)]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsConfirmed_WhenTheReceiverComesOverHttp10(int size)
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var url = $"{gateway.Url}/{await gateway.Server.MintAsync()}/a";
        var sender = Own(ClientProcess.Start(
            "curl", ["-q", "-sSN", "--fail-with-body", "-T", "-", url], new ClientProcessOptions { KeepInputOpen = true }));
        await sender.StandardInput.WriteAsync(TestBytes.Create(1, size));
        await sender.StandardInput.FlushAsync();
        var receiver = Curl("--http1.0", "--fail", url);
        await receiver.WaitForOutputAsync(size);
        sender.StandardInput.Close();

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal(TestBytes.Create(1, size), receiver.Output);
        Assert.StartsWith($"confirmed: {size} bytes", sender.OutputText, StringComparison.Ordinal);
    }

    /// <summary>Without chunks an orderly end would be that of a whole file.</summary>
    [Fact]
    [Trait("Rule", "P1")]
    public async Task Receiver_SeesAReset_WhenTheSenderDies_AndItComesOverHttp10()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var token = await gateway.Server.MintAsync();
        var sender = await ConnectAsync(gateway.Server.Port);
        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        var receiver = await ConnectAsync(gateway.Server.Port);
        await receiver.SendAsync($"GET /{token}/a HTTP/1.0\r\n\r\n");
        Assert.Equal(200, (await receiver.ReadHeadAsync()).Status);
        Assert.Equal("half"u8.ToArray(), await receiver.ReadAsync(4));

        sender.Reset();

        Assert.Equal(ConnectionEnd.Reset, (await receiver.ReadToEndAsync()).End);
    }

    [Theory]
    [InlineData("Content-Length: 300000")]
    [InlineData("Transfer-Encoding: chunked")]
    [Trait("Rule", "P2")]
    public async Task Sender_IsRefusedASuccess_WhenTheReceiverBehindTheGatewayDiesWithUnreadBytes(string framing)
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var token = await gateway.Server.MintAsync();
        var receiver = await ConnectAsync(gateway.Server.Port, receiveBufferBytes: 4 * Size);
        await receiver.SendAsync($"GET /{token}/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sender = Upload(TestBytes.Create(1, Size), $"{gateway.Url}/{token}/a", "-H", framing);

        // The gateway has read everything from the node, and the receiver's system everything from the gateway.
        // The program has read nothing.
        await node.WaitForAsync(TransferState.Confirming);
        await Eventually.TrueAsync(() => receiver.Socket.Available >= Size, "the receiver's system has everything");
        Assert.False(sender.HasExited);
        receiver.Dispose();

        Assert.Equal(22, await sender.WaitAsync());
        Assert.Equal("The receiver broke off before it had everything.\n", sender.OutputText);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsSent_WhenTheReceiverComesOverHttp2()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var path = $"/{await gateway.Server.MintAsync()}/a";
        var receiver = Curl("--fail", "--http2-prior-knowledge", gateway.Server.Http2Url + path);
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + path);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.StartsWith("sent: ", sender.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 192.0.2.1")]
    [InlineData("Via: 1.1 somewhere")]
    [InlineData("Beam-Delivery: sent")]
    [InlineData("Beam-Delivery: read; connection=1")]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsSent_WhenAnotherProxyStandsBeforeTheGateway(string trace)
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var url = $"{gateway.Url}/{await gateway.Server.MintAsync()}/a";
        var receiver = Curl("--fail", "-H", trace, url);
        var sender = Upload(TestBytes.Create(1, Size), url);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.StartsWith("sent: ", sender.OutputText, StringComparison.Ordinal);
    }

    /// <summary>Of such a socket no system tells what was acknowledged, so the gateway cannot know what its client has.</summary>
    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http1.0")]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsSent_WhenTheReceiverComesToTheGatewayThroughAUnixSocket(string protocol)
    {
        var socket = NewFolder()["gateway.sock"];
        var node = await StartNodeAsync("n1");
        var config = new NodeGatewayConfig(("n1", node.Url));
        var gateway = await StartAsync(
            builder =>
            {
                config.Register(builder);
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
            },
            static app => app.MapReverseProxy());
        var path = $"/{await gateway.MintAsync()}/a";
        var receiver = Curl(protocol, "--fail", "--unix-socket", socket, "http://localhost" + path);
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + path);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
        Assert.StartsWith("sent: ", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Receiver_SeesTheBreak_WhenTheSenderDiesBehindTheGateway()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var token = await gateway.Server.MintAsync();
        var receiver = Curl("--fail", $"{gateway.Url}/{token}/a");
        var sender = await ConnectAsync(gateway.Server.Port);
        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        await sender.SendChunkAsync(TestBytes.Create(1, 1000));
        await receiver.WaitForOutputAsync(1000);
        sender.Dispose();

        Assert.NotEqual(0, await receiver.WaitAsync());
        await Eventually.TrueAsync(() => node.Relay.TransferCount == 0, "nothing is left");
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Sender_IsTold_WhenTheReceiverBehindTheGatewayStandsStill()
    {
        var node = await StartNodeAsync("n1", static options => options.StallTimeout = TimeSpan.FromSeconds(1));
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var token = await gateway.Server.MintAsync();
        var receiver = await ConnectAsync(gateway.Server.Port, receiveBufferBytes: 16 * 1024);
        await receiver.SendAsync($"GET /{token}/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sender = Upload(TestBytes.Create(1, 64 * 1024 * 1024), $"{gateway.Url}/{token}/a");

        Assert.Equal(22, await sender.WaitAsync());
        Assert.Equal("The receiver stood still for too long.\n", sender.OutputText);
        var head = await receiver.ReadHeadAsync();
        Assert.False((await receiver.ReadBodyAsync(head)).IsComplete);
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Node_IsLeft_WhenAWaitingReceiverBehindTheGatewayGoes()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var receiver = Curl($"{gateway.Url}/{await gateway.Server.MintAsync()}/a");
        await Eventually.TrueAsync(() => node.Relay.TransferCount == 1, "the receiver waits");
        receiver.Kill();

        await Eventually.TrueAsync(() => node.Relay.TransferCount == 0, "nothing is left");
    }

    /// <summary>The system of one that is killed ends its connections in order when nothing was unread in them.</summary>
    [Theory]
    [InlineData("read")]
    [InlineData("handed-over")]
    [Trait("Rule", "P2")]
    public async Task Sender_IsRefusedASuccess_WhenTheGatewayDies_WithEverythingButItsClientsWord(string meaning)
    {
        var node = await StartNodeAsync("n1");
        var path = $"/{await node.MintAsync()}/a";
        var gateway = await ConnectAsync(node.Port);
        var port = ((System.Net.IPEndPoint)gateway.Socket.LocalEndPoint!).Port;
        await gateway.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nBeam-Delivery: {meaning}; connection={port}\r\n\r\n");
        var sender = Upload(TestBytes.Create(1, Size), node.Url + path);
        Assert.True((await gateway.ReadBodyAsync(await gateway.ReadHeadAsync())).IsComplete);
        gateway.Dispose();

        Assert.Equal((22, "The receiver broke off before it had everything.\n"), (await sender.WaitAsync(), sender.OutputText));
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Node_SaysSent_ToAPlainProxy()
    {
        var node = await StartNodeAsync("n1");
        var url = $"{node.Url}/{await node.MintAsync()}/a";
        var receiver = Curl("--fail", "-H", "X-Forwarded-For: 192.0.2.1", url);
        var sender = Upload(TestBytes.Create(1, Size), url);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.StartsWith("sent: ", sender.OutputText, StringComparison.Ordinal);
    }
}
