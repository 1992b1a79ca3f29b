using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Beam.AspNetCore.Tests.ProxyProtocol;

/// <summary>An endpoint of Kestrel's that reads the PROXY protocol, behind a proxy that speaks it.</summary>
public sealed class ProxyProtocolOverHttpTests : HttpTests
{
    private const int Size = 200_000;

    // What the buffers of the systems hold.
    private const int Unread = 20_000;

    private static readonly IPEndPoint Far = IPEndPoint.Parse("198.51.100.77:40000");

    public static TheoryData<string> Wires => ["--http1.1", "--http2-prior-knowledge", "--http1.1 tls", "--http2 tls"];

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Application_SeesTheClientsAddress(string wire)
    {
        var server = await StartProxiedAsync(wire);
        await using var relay = new TcpRelay(server.AddedPort, static _ => Headers.WithChecksum(Far));

        var curl = Curl("--fail", "-k", Protocol(wire), Url(relay, wire, "address"));

        Assert.True(await curl.WaitAsync() == 0, curl.Describe());
        Assert.Equal("198.51.100.77", curl.OutputText);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsSent_WhenTheReceiverComesThroughTheProxy(string wire)
    {
        var server = await StartProxiedAsync(wire);
        await using var relay = new TcpRelay(server.AddedPort, Headers.Line);
        var path = server.Mint() + "/a";
        var receiver = Curl("--fail", "-k", Protocol(wire), Url(relay, wire, path));
        using var answer = await server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.Equal(TestBytes.Create(1, Size), receiver.Output);
        Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>The receiver reads nothing and dies. Its proxy has acknowledged everything, and ends the connection in order.</summary>
    [Theory]
    [InlineData("PROXY")]
    [InlineData("UNKNOWN")]
    [Trait("Rule", "P2")]
    public async Task Sender_NeverReadsConfirmed_WhenTheReceiverDiesBehindTheProxy(string kind)
    {
        var server = await StartProxiedAsync("--http1.1");
        await using var relay = new TcpRelay(
            server.AddedPort,
            client => kind == "PROXY" ? Headers.Line(client) : Headers.Line("PROXY UNKNOWN"));
        var path = server.Mint() + "/a";
        var receiver = OwnDisposable(await RawHttpClient.ConnectAsync(relay.Port));
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sent = server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Unread)));
        await Eventually.TrueAsync(() => relay.BytesToClients > Unread, "the proxy has everything");
        receiver.Dispose();

        using var answer = await sent.Soon();
        Assert.StartsWith("sent: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P27")]
    public async Task Sender_ReadsConfirmed_WhenTheReceiverSaysSoItself()
    {
        var server = await StartProxiedAsync("--http1.1");
        await using var relay = new TcpRelay(server.AddedPort, static client => Headers.Binary(client));
        var path = server.Mint() + "/a";
        var bytes = TestBytes.Create(1, Size);
        var digest = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(bytes));
        using var content = new ByteArrayContent(bytes);
        content.Headers.Add("Repr-Digest", $"sha-256=:{digest}:");
        var receiver = Curl("--fail", Url(relay, "--http1.1", path + "?confirm=me"));
        var sent = server.Client.PutAsync(path, content);
        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        var confirmation = Curl(
            "--fail", "-X", "POST", "-H", $"Repr-Digest: sha-256=:{digest}:", Url(relay, "--http1.1", path + "?confirm=me"));
        Assert.True(await confirmation.WaitAsync() == 0, confirmation.Describe());

        using var answer = await sent.Soon();
        Assert.StartsWith("confirmed: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_ReadsConfirmed_WhenTheConnectionIsTheProxysOwn()
    {
        var server = await StartProxiedAsync("--http1.1");
        var path = server.Mint() + "/a";
        var receiver = OwnDisposable(await RawHttpClient.ConnectAsync(server.AddedPort));
        await receiver.SendAsync(Headers.Binary(Headers.Local, 0));
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var sent = server.Client.PutAsync(path, new ByteArrayContent(TestBytes.Create(1, Size)));
        Assert.True((await receiver.ReadBodyAsync(await receiver.ReadHeadAsync())).IsComplete);
        receiver.Dispose();

        using var answer = await sent.Soon();
        Assert.StartsWith("confirmed: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /address HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("PROXY TCP4 198.51.100.77 198.51.100.77 1\r\nGET /address HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public async Task Connection_IsRefused_WithoutAValidHeader(string bytes)
    {
        var server = await StartProxiedAsync("--http1.1", isRefused: true);
        var client = OwnDisposable(await RawHttpClient.ConnectAsync(server.AddedPort));
        await client.SendAsync(bytes);

        Assert.Empty((await client.ReadToEndAsync()).Bytes);
        Assert.Contains(server.Logs.Entries, static entry => entry.EventId.Id == 2010);
    }

    private static string Protocol(string wire) => wire.Split(' ')[0];

    private static bool IsTls(string wire) => wire.EndsWith(" tls", StringComparison.Ordinal);

    private static string Url(TcpRelay relay, string wire, string path)
        => $"{(IsTls(wire) ? "https" : "http")}://127.0.0.1:{relay.Port}/{path}";

    private Task<BeamServer> StartProxiedAsync(string wire, bool isRefused = false) => StartServerAsync(setup =>
    {
        setup.Services = builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            endpoint.Protocols = wire.StartsWith("--http2", StringComparison.Ordinal) ? HttpProtocols.Http2 : HttpProtocols.Http1;
            endpoint.UseBeamProxyProtocol();
            if (IsTls(wire))
            {
                endpoint.UseHttps(TestCertificate.Instance);
            }
        }));
        setup.App = static app => app.MapGet("/address", static (HttpContext context) => context.Connection.RemoteIpAddress?.ToString());
        setup.ExpectsLog = entry => isRefused && entry.EventId.Id == 2010;
    });
}
