using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Refusals;

/// <summary>Uploads, transfers and waits over a limit of the relay.</summary>
public sealed class SizeLimitTests : HttpTests
{
    private const long Limit = 200_000;
    private const string TooLargeLine = "The file is larger than this relay allows.\n";

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Upload_IsRefusedBeforeItsBody_WhenItsDeclaredLengthIsOverTheLimit()
    {
        var server = await StartLimitedAsync();
        var client = await ConnectAsync(server);
        await client.SendAsync(
            $"PUT /{server.Mint()}/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Limit + 1}\r\nExpect: 100-continue\r\n\r\n");

        var head = await client.ReadHeadAsync();

        Assert.Equal(413, head.Status);
        Assert.Equal(TooLargeLine, (await client.ReadBodyAsync(head)).Text);
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P16")]
    public async Task Upload_FailsOnBothSides_WhenItGrowsOverTheLimit(bool isForm)
    {
        var server = await StartLimitedAsync();
        using var folder = new TempFolder();
        var token = server.Mint();
        var receiver = Curl("--fail", server.Url($"{token}/a"));
        string[] body = isForm ? ["-F", $"file=@{folder.Write("a", new byte[Limit + 1])}"] : ["-T", "-"];

        var sender = Curl(
            new ClientProcessOptions { Input = new PatternStream(1, Limit + 1) },
            ["--fail-with-body", "-w", "%{http_code}", .. body, server.Url($"{token}/a")]);

        Assert.Equal(22, await sender.WaitAsync());
        Assert.Equal(TooLargeLine + "413", sender.OutputText);
        Assert.NotEqual(0, await receiver.WaitAsync());
        Assert.True(receiver.Output.Length <= Limit);
    }

    [Fact]
    [Trait("Rule", "P16")]
    public async Task Upload_Arrives_WhenItIsAsLargeAsTheLimit()
    {
        var server = await StartLimitedAsync();
        var path = $"{server.Mint()}/a";
        var received = server.Client.GetByteArrayAsync(path);

        using var sent = await server.Client.PutAsync(path, new StreamContent(new PatternStream(1, Limit, seekable: false)));

        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        Assert.Equal(TestBytes.Create(1, (int)Limit), await received);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Join_ReadsTooManyRequests_WhenTooManyWaitInTheChannel()
    {
        var server = await StartServerAsync(static setup => setup.Options = static options => options.MaxWaitingTransfersPerToken = 1);
        var token = server.Mint();
        var first = server.Client.PutAsync($"{token}/a", new StringContent("first"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var second = await server.Client.PutAsync($"{token}/b", new StringContent("second"));

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal("Too many transfers or receivers are waiting in this channel.\n", await second.Content.ReadAsStringAsync());
        Assert.NotNull(second.Headers.RetryAfter);
        Assert.Equal("first", await server.Client.GetStringAsync($"{token}/a"));
        Assert.True((await first).IsSuccessStatusCode);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Join_ReadsUnavailable_WhenTheRelayIsFull()
    {
        var server = await StartServerAsync(static setup => setup.Options = static options => options.MaxTransfers = 1);
        var token = server.Mint();
        var first = server.Client.PutAsync($"{token}/a", new StringContent("first"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var second = await server.Client.GetAsync($"{server.Mint()}/b");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Equal("The relay is full; try again soon.\n", await second.Content.ReadAsStringAsync());
        Assert.NotNull(second.Headers.RetryAfter);
        Assert.Equal("first", await server.Client.GetStringAsync($"{token}/a"));
        Assert.True((await first).IsSuccessStatusCode);
    }

    private Task<BeamServer> StartLimitedAsync()
        => StartServerAsync(static setup => setup.Options = static options => options.MaxTransferBytes = Limit);
}
