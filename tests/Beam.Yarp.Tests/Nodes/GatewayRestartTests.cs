using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>
/// A gateway that ends in the middle of a transfer takes nothing along: both sides see it, and go on through the next one.
/// </summary>
public sealed class GatewayRestartTests : GatewayTests
{
    private const int Size = 31_000_000;

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P22")]
    [Trait("Rule", "P23")]
    public async Task BothSides_SeeTheBreak_AndGoOnThroughTheNextGateway()
    {
        var (folder, port) = (NewFolder(), TestPorts.Free());
        var node = await StartNodeAsync("n1", static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        var gateway = await StartAsync(port);
        var url = $"{gateway.Url}/{await gateway.MintAsync()}/a";
        var (file, copy) = (folder["file"], folder["copy"]);
        folder.Write("file", TestBytes.Create(1, Size));
        var receiver = Curl("--fail", "--limit-rate", "8M", "-o", copy, url);
        var sender = Curl("--fail", "-T", file, url);
        await Eventually.TrueAsync(() => File.Exists(copy) && new FileInfo(copy).Length > 1_000_000, "the receiver has some of it");
        await gateway.KillAsync();

        Assert.NotEqual(0, await receiver.WaitAsync());
        Assert.NotEqual(0, await sender.WaitAsync());
        await StartAsync(port);
        var restOfReceiver = Curl("--fail", "-C", "-", "-o", copy, url);
        var restOfSender = await SendRestAsync();

        Assert.Equal(0, await restOfReceiver.WaitAsync());
        Assert.Equal(TestBytes.Create(1, Size), await File.ReadAllBytesAsync(copy, TestContext.Current.CancellationToken));
        Assert.StartsWith("confirmed: ", restOfSender.OutputText, StringComparison.Ordinal);
        Assert.Equal(0, node.Relay.TransferCount);

        // The node may still read what the first gateway had sent: then the offset is soon wrong, and asked for again (docs/protocol.md).
        async Task<ClientProcess> SendRestAsync()
        {
            while (true)
            {
                var head = Curl("--fail", "-I", "-o", "/dev/null", "-w", "%header{upload-offset}", url);
                Assert.Equal(0, await head.WaitAsync());
                var rest = Curl("--fail", "-T", file, "-C", head.OutputText, url);
                if (await rest.WaitAsync() == 0)
                {
                    return rest;
                }
            }
        }

        Task<TestServer> StartAsync(int port)
            => this.StartAsync(new NodeGatewayConfig(("n1", node.Url)).Register, static app => app.MapReverseProxy(), port);
    }
}
