using System.Net;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>What the relay tells the sender of the last bytes, by how the receiver's connection ends.</summary>
public sealed class DeliveryWordTests : HttpTests
{
    private const int Size = 200_000;

    // What the buffers of the systems hold.
    private const int Unread = 20_000;

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsConfirmed_WhenTheReceiverReadsAllAndCloses()
    {
        var server = await StartServerAsync();
        var (receiver, sent) = await BeginAsync(server);

        var head = await receiver.ReadHeadAsync();
        var body = await receiver.ReadBodyAsync(head);
        Assert.Equal("close", head["Connection"]);
        Assert.True(body.IsComplete);
        Assert.False(sent.IsCompleted);
        receiver.Dispose();

        using var answer = await sent;
        Assert.StartsWith("confirmed: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsConfirmed_WhenTheReceiverWaitsForTheServersEnd()
    {
        var server = await StartServerAsync();
        var (receiver, sent) = await BeginAsync(server);
        await receiver.ReadHeadAsync();

        var end = await receiver.ReadToEndAsync();
        receiver.Dispose();

        Assert.Equal((Size, ConnectionEnd.Orderly), (end.Bytes.Length, end.End));
        using var answer = await sent;
        Assert.StartsWith("confirmed: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsSent_WhenConnectionsAreNotTheClients()
    {
        var server = await StartServerAsync(static setup => setup.HttpOptions = static options => options.ConfirmsByConnection = false);
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ProxyKind.Http)]
    [InlineData(ProxyKind.Tcp)]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsSent_BehindAProxyThatDoesNotShow(ProxyKind proxy)
    {
        var server = await StartServerAsync(setup => setup.HttpOptions = options => options.BehindProxy = proxy);
        await using var relay = new TcpRelay(server.Port);
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", relay.Through(server.Url(path)));
        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>
    /// A TCP proxy acknowledges what its client never gets, and ends the connection in order: by default the relay cannot tell it from a
    /// client that has read everything.
    /// </summary>
    [Theory]
    [InlineData(ProxyKind.None, "confirmed: ")]
    [InlineData(ProxyKind.Http, "sent: ")]
    [InlineData(ProxyKind.Tcp, "sent: ")]
    [Trait("Rule", "P2")]
    public async Task Sender_NeverReadsConfirmed_WhenTheReceiverDiesBehindAProxyThatIsConfigured(ProxyKind proxy, string word)
    {
        var server = await StartServerAsync(setup => setup.HttpOptions = options => options.BehindProxy = proxy);
        await using var relay = new TcpRelay(server.Port);
        var path = $"{server.Mint()}/a";
        var receiver = OwnDisposable(await RawHttpClient.ConnectAsync(relay.Port));
        await receiver.SendAsync(Get(path));
        var sent = server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Unread)));
        await Eventually.TrueAsync(() => relay.BytesToClients > Unread, "the proxy has everything");
        receiver.Dispose();

        using var answer = await sent.Soon();
        Assert.StartsWith(word, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_IsRefusedASuccess_WhenATcpProxyPassesTheResetOn()
    {
        var server = await StartServerAsync(static setup => setup.HttpOptions = static options => options.BehindProxy = ProxyKind.Tcp);
        var (receiver, sent) = await BeginAsync(server);
        await server.WaitForAsync(Beam.Transfers.TransferState.Confirming);
        receiver.Dispose();

        using var answer = await sent.Soon();
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P2")]
    public async Task Sender_IsRefusedASuccess_WhenTheReceiverDiesWithUnreadBytes(bool confirmsByConnection)
    {
        var server = await StartServerAsync(setup => setup.HttpOptions = options => options.ConfirmsByConnection = confirmsByConnection);
        var (receiver, sent) = await BeginAsync(server);
        await server.WaitForAsync(Beam.Transfers.TransferState.Confirming);

        // The system has taken every byte; the program has read none of them. Closing makes the system send a reset.
        receiver.Dispose();

        using var answer = await sent;
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("The receiver broke off before it had everything.\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsConfirmed_WhenAKeptConnectionCarriesTheNextRequest()
    {
        var server = await StartServerAsync(Keep);
        var token = server.Mint();
        var receiver = await ConnectAsync(server);
        foreach (var name in (string[])["a", "b", "c"])
        {
            var sent = server.Client.PutAsync($"{token}/{name}", new ByteArrayContent(TestBytes.Create(1, Size)));
            await receiver.SendAsync($"GET /{token}/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            var head = await receiver.ReadHeadAsync();
            Assert.Null(head["Connection"]);
            Assert.Equal(TestBytes.Create(1, Size), (await receiver.ReadBodyAsync(head)).Bytes);
            await receiver.SendAsync("GET /-/assets/beam.css HTTP/1.1\r\nHost: localhost\r\n\r\n");

            using var answer = await sent.Soon();
            Assert.StartsWith("confirmed: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.True((await receiver.ReadBodyAsync(await receiver.ReadHeadAsync())).IsComplete);
        }
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsConfirmed_WhenAKeptConnectionCloses()
    {
        var server = await StartServerAsync(Keep);
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", "-sS", server.Url(path));
        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.StartsWith("confirmed: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsSent_WhenAKeptConnectionStaysSilent_AndItServesTheNextFile()
    {
        var server = await StartServerAsync(Keep);
        var token = server.Mint();
        var receiver = await ConnectAsync(server);
        foreach (var name in (string[])["a", "b"])
        {
            var sent = server.Client.PutAsync($"{token}/{name}", new ByteArrayContent(TestBytes.Create(1, Size)));
            await receiver.SendAsync($"GET /{token}/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Assert.Equal(TestBytes.Create(1, Size), (await receiver.ReadBodyAsync(await receiver.ReadHeadAsync())).Bytes);

            using var answer = await sent.Soon();
            Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_IsRefusedASuccess_WhenAKeptConnectionDiesWithUnreadBytes()
    {
        var server = await StartServerAsync(Keep);
        var (receiver, sent) = await BeginAsync(server);
        await server.WaitForAsync(Beam.Transfers.TransferState.Confirming);
        receiver.Dispose();

        using var answer = await sent.Soon();
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Theory]
    [InlineData(Size, "HTTP/1.1", "", "close")]
    [InlineData(Size - 1, "HTTP/1.1", "", null)]
    [InlineData(Size - 1, "HTTP/1.1", "Connection: keep-alive\r\n", null)]
    [InlineData(Size - 1, "HTTP/1.1", "Connection: close\r\n", "close")]
    [InlineData(Size - 1, "HTTP/1.1", "X-Forwarded-For: 192.0.2.1\r\n", null)]
    [Trait("Rule", "P2")]
    public async Task Connection_IsKept_ForSmallFilesOnly(int size, string version, string header, string? expected)
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.HttpOptions = static options => options.MaxKeepAliveBytes = Size - 1;
            setup.ExpectsLog = static entry => entry.EventId.Name == "UnknownProxy";
        });
        var (receiver, sent) = await BeginAsync(server, path => $"GET /{path} {version}\r\nHost: localhost\r\n{header}\r\n", size);

        var head = await receiver.ReadHeadAsync();
        Assert.True((await receiver.ReadBodyAsync(head)).IsComplete);
        receiver.Dispose();

        Assert.Equal(expected, head["Connection"]);
        using var answer = await sent.Soon();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Connection_Ends_WhenTheNextRequestWasThereBeforeTheFile()
    {
        var server = await StartServerAsync(Keep);
        var (receiver, sent) = await BeginAsync(server, static path => Get(path) + Get(path));

        var head = await receiver.ReadHeadAsync();
        Assert.Equal("close", head["Connection"]);
        Assert.True((await receiver.ReadBodyAsync(head)).IsComplete);
        receiver.Dispose();

        using var answer = await sent.Soon();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("?wait=60")]
    [InlineData("")]
    [Trait("Rule", "P31")]
    public async Task Receiver_GetsTheFile_WhenItsGetHasABody(string query)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", "-X", "GET", "--data-binary", "what is this for?", server.Url(path + query));
        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);

        // A connection with a request body in it is not watched.
        Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static void Keep(TestServerSetup setup) => setup.HttpOptions = static options => options.MaxKeepAliveBytes = Size;

    private static string Get(string path) => $"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n";

    /// <summary>Begins a transfer whose receiver is there first.</summary>
    private async Task<(RawHttpClient Receiver, Task<HttpResponseMessage> Sent)> BeginAsync(
        BeamServer server, Func<string, string>? request = null, int size = Size)
    {
        var path = $"{server.Mint()}/a";
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync((request ?? Get)(path));
        return (receiver, server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, size))));
    }
}
