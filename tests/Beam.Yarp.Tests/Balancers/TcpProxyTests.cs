using System.Net;
using System.Text;
using Beam.AspNetCore;
using Beam.Yarp.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Yarp.Tests.Balancers;

/// <summary>haproxy, which passes TCP connections on, with and without the PROXY protocol.</summary>
public sealed class TcpProxyTests : GatewayTests
{
    // What the buffers of the systems hold.
    private const int Unread = 20_000;
    private const int Terminate = 15;

    private int _addressesAsked;

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c,unique-id,authority")]
    [InlineData("send-proxy-v2-ssl")]
    public async Task Client_IsKnown_AndSentIsTheBestWord(string option)
    {
        var server = await StartAsync(proxyKind: ProxyKind.None, speaks: true);
        await using var proxy = await HaproxyAsync(new Uri(server.Addresses[2]).Port, option);
        var client = Curl("--fail", "--interface", "127.0.0.9", Url(proxy, "/address"));
        Assert.True(await client.WaitAsync() == 0, client.Describe());
        Assert.Equal("127.0.0.9", client.OutputText);

        var path = $"/{await server.MintAsync()}/a";
        var sender = Upload(TestBytes.Create(1, 300_000), Url(proxy, path));
        var receiver = Curl("--fail", Url(proxy, path));

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith("sent: 300000 bytes", sender.OutputText, StringComparison.Ordinal);
    }

    /// <summary>haproxy may pass the reset on, and then it is a failure; mostly it does not.</summary>
    [Theory]
    [InlineData(ProxyKind.None, "send-proxy-v2")]
    [InlineData(ProxyKind.Tcp, "")]
    public async Task ReceiverThatDiesUnread_IsNeverConfirmed_WhenTheServerKnowsOfTheProxy(ProxyKind kind, string option)
    {
        var server = await StartAsync(kind, speaks: option.Length > 0);
        await using var proxy = await HaproxyAsync(new Uri(server.Addresses[option.Length > 0 ? 2 : 0]).Port, option);
        var path = $"/{await server.MintAsync()}/a";
        var sender = Upload(TestBytes.Create(1, Unread), server.Url + path);
        var receiver = await ConnectAsync(proxy.Port, receiveBufferBytes: 4 * Unread);
        await receiver.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await Eventually.TrueAsync(() => receiver.Socket.Available > Unread, "the receiver's system has everything");
        receiver.Dispose();

        Assert.True(await sender.WaitAsync() is 0 or 22, sender.Describe());
        Assert.Matches("^(sent: |The receiver broke off)", sender.OutputText);
    }

    /// <summary>The clients connect to the gateway, so the gateway is what has to know, and the node believes it.</summary>
    [Theory]
    [InlineData(ProxyKind.None, "confirmed: ")]
    [InlineData(ProxyKind.Tcp, "sent: ")]
    public async Task ReceiverThatDiesUnread_IsNeverConfirmed_WhenTheGatewayKnowsOfTheProxy(ProxyKind kind, string word)
    {
        var node = await StartNodeAsync("n1");
        var config = new NodeGatewayConfig(("n1", node.Url));
        var gateway = await StartAsync(
            builder =>
            {
                builder.Services.Configure<BeamHttpOptions>(options => options.BehindProxy = kind);
                config.Register(builder);
            },
            static app => app.MapReverseProxy());
        await using var relay = new TcpRelay(gateway.Port);
        var path = $"/{await node.MintAsync()}/a";
        var sender = Upload(TestBytes.Create(1, Unread), gateway.Url + path);
        var receiver = await ConnectAsync(relay.Port);
        await receiver.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await Eventually.TrueAsync(() => relay.BytesToClients > Unread, "the proxy has everything");
        receiver.Dispose();

        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith(word, sender.OutputText, StringComparison.Ordinal);
    }

    /// <summary>Its own connections say so: they pass, and have no client.</summary>
    [Fact]
    public async Task HealthChecks_Pass()
    {
        var server = await StartAsync(ProxyKind.Tcp, speaks: true);
        await using var proxy = await HaproxyAsync(
            new Uri(server.Addresses[2]).Port,
            "send-proxy-v2 check inter 200ms fall 1",
            "timeout check 30s\n    option httpchk GET /address");
        await Eventually.TrueAsync(() => Volatile.Read(ref _addressesAsked) >= 3, "the proxy has looked three times");

        // A server that has failed one check gets no connections.
        var client = Curl("--fail", "-o", "/dev/null", Url(proxy, "/address"));
        Assert.True(await client.WaitAsync() == 0, client.Describe());
        Assert.DoesNotContain(server.Logs.Entries, static entry => entry.EventId.Id == 2010);
    }

    private static string Url(TcpProxy proxy, string path) => $"http://127.0.0.1:{proxy.Port}{path}";

    private Task<TestServer> StartAsync(ProxyKind proxyKind, bool speaks) => StartAsync(
        builder =>
        {
            builder.Services.AddBeam(WithoutResuming);
            builder.Services.Configure<BeamHttpOptions>(options => options.BehindProxy = proxyKind);
            if (speaks)
            {
                builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static endpoint =>
                {
                    endpoint.Protocols = HttpProtocols.Http1;
                    endpoint.UseBeamProxyProtocol();
                }));
            }
        },
        app =>
        {
            app.MapGet("/address", context =>
            {
                Interlocked.Increment(ref _addressesAsked);
                return context.Response.WriteAsync($"{context.Connection.RemoteIpAddress}");
            });
            app.MapBeam();
        });

    private async Task<TcpProxy> HaproxyAsync(int serverPort, string option, string more = "")
    {
        var folder = NewFolder();
        var port = TestPorts.Free();
        folder.Write("haproxy.cfg", Encoding.UTF8.GetBytes($"""
            defaults
                mode tcp
                timeout connect 5s
                timeout client 1m
                timeout server 1m
            frontend beam
                bind 127.0.0.1:{port}
                default_backend beam
            backend beam
                {more}
                server beam 127.0.0.1:{serverPort} {option}

            """));
        var process = ClientProcess.Start(SystemProgram.FindOrSkip("haproxy"), "-W", "-f", folder["haproxy.cfg"]);
        await process.ListensAsync(port);
        return new TcpProxy(process, port);
    }

    private sealed record TcpProxy(ClientProcess Process, int Port) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            // Told to end, it ends its workers.
            Process.Signal(Terminate);
            await Process.WaitAsync();
            await Process.DisposeAsync();
        }
    }
}
