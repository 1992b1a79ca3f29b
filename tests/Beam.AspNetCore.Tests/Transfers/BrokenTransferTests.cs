using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>One side goes away in the middle: the other side's curl says so with its exit code.</summary>
public sealed class BrokenTransferTests : HttpTests
{
    private const int PartialFile = 18;
    private const int HttpError = 22;
    private const int ReceiveError = 56;
    private const int StreamError = 92;

    [Theory]
    [InlineData(Wire.Http1)]
    [InlineData(Wire.H2c)]
    [InlineData(Wire.TlsHttp1)]
    [InlineData(Wire.TlsHttp2)]
    [Trait("Rule", "P1")]
    public async Task Receiver_Fails_WhenTheSenderIsKilled(Wire wire)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl(wire, "--fail", server.Url($"{token}/a", wire));
        var sender = Curl(
            new ClientProcessOptions { Input = new MemoryStream(TestBytes.Create(1, 100_000)), KeepInputOpen = true },
            [.. Switches(wire), "--fail", "-T", "-", server.Url($"{token}/a", wire)]);
        await receiver.WaitForOutputAsync(1);

        sender.Kill();

        Assert.Contains(await receiver.WaitAsync(), new[] { PartialFile, ReceiveError, StreamError });
        Assert.Equal(-1, TestBytes.FindMismatch(1, 0, receiver.Output));
    }

    [Theory]
    [InlineData(Wire.Http1)]
    [InlineData(Wire.H2c)]
    [InlineData(Wire.TlsHttp1)]
    [InlineData(Wire.TlsHttp2)]
    [Trait("Rule", "P2")]
    [Trait("Rule", "P17")]
    public async Task Sender_ReadsBadGateway_WhenTheReceiverIsKilled(Wire wire)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl(wire, "--fail", "--limit-rate", "1M", server.Url($"{token}/a", wire));
        var file = NewFolder().Write("a", new byte[32 * 1024 * 1024]);
        var sender = Curl(wire, "--fail-with-body", "-T", file, server.Url($"{token}/a", wire));
        await receiver.WaitForOutputAsync(1);

        receiver.Kill();

        Assert.Equal(HttpError, await sender.WaitAsync());
        Assert.Equal("The receiver broke off before it had everything.\n", sender.OutputText);
    }

    [Fact]
    [Trait("Rule", "P19")]
    public async Task Receiver_ReadsBadGateway_WhenTheSenderIsKilledBeforeTheFirstByte()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl("--fail-with-body", server.Url($"{token}/a"));
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n");
        await server.WaitForAsync(TransferState.Streaming);

        sender.Reset();

        Assert.Equal(HttpError, await receiver.WaitAsync());
        Assert.Equal("The sender broke off before the end.\n", receiver.OutputText);
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Name_IsFree_WhenAWaitingSenderIsKilled()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var first = Curl("-T", "-", server.Url($"{token}/a"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        first.Kill();
        await server.WaitUntilEmptyAsync();

        var second = Curl("--fail", "--data-binary", "second", server.Url($"{token}/a"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        var receiver = Curl("--fail", server.Url($"{token}/a"));

        Assert.Equal((0, 0), (await second.WaitAsync(), await receiver.WaitAsync()));
        Assert.Equal("second", receiver.OutputText);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("GET")]
    [Trait("Rule", "P4")]
    [Trait("Rule", "P5")]
    public async Task WaitingSide_LeavesAtOnce_WhenItIsKilled(string method)
    {
        // Time stands still: no deadline helps.
        var server = await StartServerAsync(static setup => setup.Clock = new FakeClock());
        var waiting = await ConnectAsync(server);
        await waiting.SendAsync(
            $"{method} /{server.Mint()}/a HTTP/1.1\r\nHost: localhost\r\n{(method == "PUT" ? "Content-Length: 10\r\n\r\nhalf" : "\r\n")}");
        await server.WaitForAsync(method == "PUT" ? TransferState.WaitingForReceiver : TransferState.WaitingForSender);

        waiting.Reset();

        await server.WaitUntilEmptyAsync();
    }
}
