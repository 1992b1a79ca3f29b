using Beam.AspNetCore;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>
/// Files that are sent without a token, through a gateway: the first line of the answer is needed before the file can be taken.
/// </summary>
[Trait("Rule", "P14")]
public sealed class GatewayOneShotTests : GatewayTests
{
    // More than the buffers on the way take.
    private const int Size = 31_000_000;

    [Theory]
    [InlineData("Expect:")]
    [InlineData("Expect: 100-continue")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task Link_IsToldAtOnce_AndTheFilePasses(string header)
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + "/a", "-H", header);
        var link = await ReadLinkAsync(sender);
        var receiver = Curl("--fail", link);

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.StartsWith($"{gateway.Url}/n1.", link, StringComparison.Ordinal);
        Assert.EndsWith("/a", link, StringComparison.Ordinal);
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
        Assert.Contains($"confirmed: {Size} bytes", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_IsToldAtOnce_OverHttp2()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var sender = Upload(TestBytes.Create(1, Size), gateway.Server.Http2Url + "/a", "--http2-prior-knowledge");
        var receiver = Curl("--fail", "--http2-prior-knowledge", await ReadLinkAsync(sender));

        Assert.Equal((0, 0), (await receiver.WaitAsync(), await sender.WaitAsync()));
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
    }

    [Fact]
    public async Task LivePieces_PassAtOnce()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));

        // A curl that reads from an idle pipe looks at no answer, so that what it would do is done by hand.
        using var sender = await RawHttpClient.ConnectAsync(new Uri(gateway.Url).Port);
        await sender.SendAsync($"PUT /a HTTP/1.1\r\nHost: {new Uri(gateway.Url).Authority}\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.Equal(200, (await sender.ReadHeadAsync()).Status);
        var receiver = Curl("--fail", await ReadLineAsync("http://"));
        foreach (var (piece, all) in new[] { ("one, ", "one, "), ("two", "one, two") })
        {
            await sender.SendChunkAsync(System.Text.Encoding.ASCII.GetBytes(piece));
            await receiver.WaitForOutputAsync(all);
        }

        await sender.SendChunkAsync(default);

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal("one, two", receiver.OutputText);
        Assert.Contains("8 bytes to 1 receiver", await ReadLineAsync("confirmed: "), StringComparison.Ordinal);

        async Task<string> ReadLineAsync(string start)
        {
            while (true)
            {
                var line = "";
                while (!line.EndsWith('\n'))
                {
                    line += (char)(await sender.ReadAsync(1))[0];
                }

                if (line.StartsWith(start, StringComparison.Ordinal))
                {
                    return line.TrimEnd();
                }
            }
        }
    }

    /// <summary>The status, which went out long before, said success. Without chunks, only the end of the connection tells more.</summary>
    [Fact]
    [Trait("Rule", "P1")]
    public async Task Answer_IsReset_WhenTheTransferFails_AndTheSenderComesOverHttp10()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        using var sender = await RawHttpClient.ConnectAsync(new Uri(gateway.Url).Port);
        await sender.SendAsync($"PUT /a?wait=1 HTTP/1.0\r\nHost: {new Uri(gateway.Url).Authority}\r\nContent-Length: 4\r\n\r\nfile");

        Assert.Equal(200, (await sender.ReadHeadAsync()).Status);
        Assert.Equal(ConnectionEnd.Reset, (await sender.ReadToEndAsync()).End);
    }

    [Fact]
    public async Task DrainingNode_GetsNone()
    {
        var (one, two) = (await StartNodeAsync("n1"), await StartNodeAsync("n2"));
        var gateway = await StartGatewayAsync(("n1", one.Url), ("n2", two.Url));
        gateway.Config.Drain("n1");
        await Eventually.TrueAsync(
            async () =>
            {
                var sender = Upload("a file"u8.ToArray(), gateway.Url + "/a");
                var isOnTheOther = (await ReadLinkAsync(sender)).Contains("/n2.", StringComparison.Ordinal);
                sender.Kill();
                return isOnTheOther;
            },
            "the gateway knows");
        for (var i = 0; i < 5; i++)
        {
            Assert.Contains("/n2.", await ReadLinkAsync(Upload("a file"u8.ToArray(), gateway.Url + "/a")), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Receiver_SeesTheBreak_WhenTheSenderDies()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + "/a", "--limit-rate", "2M");
        var receiver = Curl("--fail", await ReadLinkAsync(sender));
        await receiver.WaitForOutputAsync(1000);
        sender.Kill();

        Assert.NotEqual(0, await receiver.WaitAsync());
        await Eventually.TrueAsync(() => node.Relay.TransferCount == 0, "nothing is left");
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_IsToldWhy_WhenTheReceiverDies()
    {
        var node = await StartNodeAsync("n1");
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + "/a");
        var receiver = Curl("--fail", "--limit-rate", "2M", await ReadLinkAsync(sender));
        await receiver.WaitForOutputAsync(1000);
        receiver.Kill();

        Assert.NotEqual(0, await sender.WaitAsync());
        Assert.Contains("The receiver broke off before it had everything.", sender.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Refusal_ReachesTheSender()
    {
        var node = await StartAsync(
            static builder =>
            {
                builder.Services.AddBeam(static options => options.NodeId = "n1");
                builder.Services.Configure<BeamHttpOptions>(static options => options.AllowsOneShot = false);
            },
            static app => app.MapBeam());
        var gateway = await StartGatewayAsync(("n1", node.Url));
        var sender = Upload(TestBytes.Create(1, Size), gateway.Url + "/a", "-H", "Expect: 100-continue", "-w", "%{http_code}");

        Assert.Equal(22, await sender.WaitAsync());
        Assert.Equal("Here you need a token first: POST to /token, then send to /TOKEN/NAME.\n403", sender.OutputText);
    }

    private static async Task<string> ReadLinkAsync(ClientProcess sender)
    {
        await sender.WaitForOutputAsync("# Receive it with:");
        return sender.OutputText.Split('\n')[0];
    }
}
