using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Refusals;

/// <summary>A refused upload: nothing is asked for, and a client that sends its body regardless still sees why.</summary>
public sealed class EarlyRefusalTests : HttpTests
{
    private const string UnknownToken = "0123456789abcdefghjkmnpqrs";
    private const string NotFoundLine = "Unknown or expired token.\n";
    private const int FiveMegabytes = 5_000_000;

    [Theory]
    [InlineData("Content-Length: 5000000")]
    [InlineData("Transfer-Encoding: chunked")]
    [Trait("Rule", "P15")]
    public async Task Refusal_ComesWithoutContinue_WhenTheClientWaitsToBeAsked(string framing)
    {
        var server = await StartServerAsync();
        var client = await ConnectAsync(server);
        await client.SendAsync($"PUT /{UnknownToken}/a HTTP/1.1\r\nHost: localhost\r\n{framing}\r\nExpect: 100-continue\r\n\r\n");

        var head = await client.ReadHeadAsync();

        Assert.Equal(404, head.Status);
        Assert.Equal(NotFoundLine, (await client.ReadBodyAsync(head)).Text);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Continue_IsSent_WhenTheUploadIsTaken()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var received = server.Client.GetStringAsync($"{token}/a");
        var client = await ConnectAsync(server);
        await client.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");

        Assert.Equal(100, (await client.ReadHeadAsync()).Status);
        await client.SendAsync("hello");

        Assert.Equal(200, (await client.ReadHeadAsync()).Status);
        Assert.Equal("hello", await received);
    }

    [Theory]
    [InlineData("/0123456789abcdefghjkmnpqrs/a", 404)]
    [InlineData("/{token}/a%2Fb", 400)]
    [InlineData("/{token}/a?wait=x", 400)]
    [InlineData("/{token}", 400)]
    [InlineData("/token", 400)]
    [InlineData("/{token}/-/token", 405)]
    [Trait("Rule", "P15")]
    public async Task Refusal_IsSeen_ByAClientThatSendsEverythingFirst(string target, int status)
    {
        var server = await StartServerAsync();
        var client = await ConnectAsync(server);
        var path = target.Replace("{token}", server.Mint(), StringComparison.Ordinal);
        await client.SendAsync($"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {FiveMegabytes}\r\n\r\n");
        await client.SendAsync(TestBytes.Create(1, FiveMegabytes));

        var head = await client.ReadHeadAsync();
        var body = await client.ReadBodyAsync(head);

        Assert.Equal((status, "close"), (head.Status, head["Connection"]));
        Assert.True(body.IsComplete);
        Assert.Single(body.Text.TrimEnd('\n').Split('\n'));
        Assert.Equal(ConnectionEnd.Orderly, (await client.ReadToEndAsync()).End);
    }

    [Theory]
    [InlineData(Wire.Http1)]
    [InlineData(Wire.H2c)]
    [InlineData(Wire.TlsHttp1)]
    [InlineData(Wire.TlsHttp2)]
    [Trait("Rule", "P15")]
    public async Task Refusal_IsSeen_ByCurlThatDoesNotAsk(Wire wire)
    {
        var server = await StartServerAsync();
        using var folder = new TempFolder();
        var file = folder.Write("a", TestBytes.Create(1, FiveMegabytes));

        var sender = Curl(
            wire, "--fail-with-body", "-H", "Expect:", "-w", "%{http_code}", "-T", file, server.Url($"{UnknownToken}/a", wire));

        Assert.Equal(22, await sender.WaitAsync());
        Assert.Equal(NotFoundLine + "404", sender.OutputText);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Refusal_ClosesTheConnection_WhenTheBodyGoesOnBeyondTheLimit()
    {
        var server = await StartServerAsync(static setup => setup.HttpOptions = static options => options.MaxDiscardedBytes = 100_000);
        var client = await ConnectAsync(server);
        await client.SendAsync($"PUT /{UnknownToken}/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000000\r\n\r\n");

        var head = await client.ReadHeadAsync();
        Assert.Equal(404, head.Status);
        Assert.Equal(NotFoundLine, (await client.ReadBodyAsync(head)).Text);
        await client.SendAsync(new byte[200_000]);

        // Kestrel goes on reading for five seconds of its own.
        Assert.Empty((await client.ReadToEndAsync()).Bytes);
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Refusal_StandsOnAConnectionThatStaysOpen_WhenThereWasNoBody()
    {
        var server = await StartServerAsync();
        var client = await ConnectAsync(server);
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"GET /{UnknownToken}/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            var head = await client.ReadHeadAsync();
            Assert.Equal(404, head.Status);
            Assert.Null((await client.ReadBodyAsync(head)).End);
        }
    }
}
