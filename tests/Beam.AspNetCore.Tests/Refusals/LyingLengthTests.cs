using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Refusals;

/// <summary>Bodies that are not as long as their Content-Length, empty bodies, and broken chunks.</summary>
public sealed class LyingLengthTests : HttpTests
{
    [Fact]
    [Trait("Rule", "P1")]
    public async Task Receiver_Fails_WhenTheBodyIsShorterThanDeclared()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl("--fail", server.Url($"{token}/a"));
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf");
        await receiver.WaitForOutputAsync("half");

        sender.FinishSending();

        Assert.Contains(await receiver.WaitAsync(), new[] { 18, 56 });

        // The server closes a connection that ends within a body; whatever comes before that is no success.
        Assert.DoesNotContain("200", (await sender.ReadToEndAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Transfer_HasTheDeclaredBytesAlone_WhenTheBodyIsLonger()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl("--fail", server.Url($"{token}/a"));
        var sender = await ConnectAsync(server);

        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nfour and more\r\n\r\n");

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal("four", receiver.OutputText);
        var head = await sender.ReadHeadAsync();
        Assert.Equal(200, head.Status);
        Assert.StartsWith("confirmed: 4 bytes", (await sender.ReadBodyAsync(head)).Text, StringComparison.Ordinal);

        // The rest is a next request to the server, and a bad one.
        Assert.Equal(400, (await sender.ReadHeadAsync()).Status);
    }

    [Theory]
    [InlineData("Content-Length: 0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("\r\n")]
    [Trait("Rule", "P12")]
    public async Task Transfer_Arrives_WhenTheFileIsEmpty(string body)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl("--fail", "-i", server.Url($"{token}/a"));
        var sender = await ConnectAsync(server);

        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\n{body}");

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", receiver.OutputText, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", receiver.OutputText, StringComparison.Ordinal);
        var head = await sender.ReadHeadAsync();
        Assert.StartsWith("confirmed: 0 bytes to 1 receiver", (await sender.ReadBodyAsync(head)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Wire.Http1)]
    [InlineData(Wire.TlsHttp2)]
    [Trait("Rule", "P12")]
    public async Task Transfer_Arrives_WhenCurlSendsAnEmptyFile(Wire wire)
    {
        var server = await StartServerAsync();
        using var folder = new TempFolder();
        var token = server.Mint();
        var receiver = Curl(wire, "--fail", server.Url($"{token}/empty", wire));

        var sender = Curl(wire, "--fail", "-T", folder.Write("empty", []), server.Url($"{token}/empty", wire));

        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Empty(receiver.Output);
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Receiver_Fails_WhenAChunkIsBroken()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl("--fail", server.Url($"{token}/a"));
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        await receiver.WaitForOutputAsync("half");

        await sender.SendAsync("what?\r\n");

        Assert.Contains(await receiver.WaitAsync(), new[] { 18, 56 });
        var head = await sender.ReadHeadAsync();
        Assert.Equal(400, head.Status);
        Assert.Equal("The upload broke off before its end.\n", (await sender.ReadBodyAsync(head)).Text);
    }

    [Theory]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6")]
    [InlineData("Content-Length: five")]
    [Trait("Rule", "P15")]
    public async Task Upload_IsRefusedByTheServer_WhenItsLengthIsNone(string header)
    {
        var server = await StartServerAsync();
        var sender = await ConnectAsync(server);

        await sender.SendAsync($"PUT /{server.Mint()}/a HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\nhello");

        Assert.Equal(400, (await sender.ReadHeadAsync()).Status);
    }
}
