using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Beam.AspNetCore.ProxyProtocol;
using Microsoft.AspNetCore.Connections;

namespace Beam.AspNetCore.Tests.ProxyProtocol;

public sealed class ProxyProtocolMiddlewareTests
{
    private static readonly IPEndPoint Client = IPEndPoint.Parse("192.0.2.7:56324");

    private readonly FakeClock _clock = new();
    private readonly LogCapture _logs = new();
    private readonly ProxyProtocolOptions _options = new();

    // What the server behind the middleware has got.
    private byte[]? _received;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Header_IsReadToItsLastByte_HoweverItComes(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 150; round++)
        {
            byte[] header = random.Next(3) switch
            {
                0 => Headers.Line(Client),
                1 => Headers.Binary(Client, Headers.Value(0xEA, new byte[random.Next(3000)])),
                _ => Headers.WithChecksum(Client),
            };
            var rest = new byte[random.Next(20_000)];
            random.NextBytes(rest);
            await using var peer = new ProxiedPeer(segmentBytes: 1 + random.Next(200));
            var run = Run(peer);
            await WriteInPiecesAsync(peer.Client, [.. header, .. rest], random);
            await run.Soon();

            Assert.Equal(rest, _received);
            Assert.Equal((Client, true, false), (peer.RemoteEndPoint, peer.IsProxied, peer.IsRefused));
        }

        Assert.Empty(_logs.Entries);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RandomBytes_NeitherThrowNorHang(int seed)
    {
        var random = new Random(seed);
        var taken = 0;
        for (var round = 0; round < 300; round++)
        {
            var bytes = Headers.Binary(Client, [.. Headers.Value(0x02, new byte[random.Next(50)]), .. "GET / HTTP/1.1\r\n\r\n"u8]);
            bytes = random.Next(2) == 0 ? bytes : [.. Headers.Line(Client), .. bytes];
            for (var changes = random.Next(3); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            _received = null;
            await using var peer = new ProxiedPeer(segmentBytes: 1 + random.Next(40));
            var run = Run(peer);
            await WriteInPiecesAsync(peer.Client, bytes[..random.Next(bytes.Length + 1)], random);
            await run.Soon();
            taken += _received is null ? 0 : 1;
        }

        Assert.InRange(taken, 10, 290);
    }

    [Fact]
    public async Task ConnectionOfTheProxysOwn_HasTheProxysAddress()
    {
        await using var peer = new ProxiedPeer();
        await PassAsync(peer, Headers.Binary(Headers.Local, 0));

        Assert.Equal((new IPEndPoint(IPAddress.Loopback, 4321), false), (peer.RemoteEndPoint, peer.IsProxied));
        Assert.NotNull(_received);
    }

    [Fact]
    public async Task ConnectionOfAnUnknownClient_IsStillAProxied()
    {
        await using var peer = new ProxiedPeer();
        await PassAsync(peer, Headers.Line("PROXY UNKNOWN"));

        Assert.Equal((new IPEndPoint(IPAddress.Loopback, 4321), true), (peer.RemoteEndPoint, peer.IsProxied));
        Assert.NotNull(_received);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.9.9.9", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData(null, true)]
    public async Task ProxiesOfThisMachine_AreKnown_WhenNoneAreNamed(string? address, bool isKnown)
        => await AssertKnownAsync(address, isKnown);

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.2", false)]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("2001:db8::5", true)]
    [InlineData("2001:db9::5", false)]
    [InlineData(null, true)]
    public async Task OnlyProxiesThatAreNamed_AreKnown(string? address, bool isKnown)
    {
        _options.KnownProxies.Add(IPAddress.Parse("192.0.2.1"));
        _options.KnownNetworks.Add(IPNetwork.Parse("10.0.0.0/8"));
        _options.KnownNetworks.Add(IPNetwork.Parse("2001:db8::/32"));

        await AssertKnownAsync(address, isKnown);
    }

    [Fact]
    public async Task Stranger_IsTakenAsItIs_WhereClientsComeDirectly_AndItsHeaderIsNone()
    {
        _options.TakesDirectConnections = true;
        await using var stranger = new ProxiedPeer("192.0.2.1");
        await PassAsync(stranger, Headers.Line(Client));

        Assert.Equal(Headers.Line(Client), _received);
        Assert.Equal((new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4321), false), (stranger.RemoteEndPoint, stranger.IsProxied));

        _received = null;
        await using var proxy = new ProxiedPeer();
        await PassAsync(proxy, "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        Assert.Null(_received);
        Assert.True(proxy.IsRefused);
    }

    [Fact]
    public async Task Connection_IsRefused_WhenTheHeaderDoesNotComeInTime()
    {
        await using var peer = new ProxiedPeer();
        var run = Run(peer);
        await peer.Client.WriteAsync(Headers.Line(Client).AsMemory(0, 20));
        await _clock.WaitForTimersAsync(1);
        _clock.Advance(_options.HeaderTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(peer.IsRefused);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await run.Soon();

        Assert.True(peer.IsRefused);
        Assert.Null(_received);
        Assert.Contains("its header did not come in time", Assert.Single(_logs.Entries).Message, StringComparison.Ordinal);
        Assert.Equal(0, _clock.ActiveTimers);
    }

    [Fact]
    public async Task Connection_OutlivesTheTimeForTheHeader()
    {
        await using var peer = new ProxiedPeer();
        var run = Run(peer);
        await peer.Client.WriteAsync(Headers.Line(Client));
        await Eventually.TrueAsync(() => _clock.ActiveTimers == 0, "the header has been read");
        _clock.Advance(TimeSpan.FromHours(1));
        await peer.Client.WriteAsync("later"u8.ToArray());
        await peer.Client.CompleteAsync();
        await run.Soon();

        Assert.Equal("later"u8.ToArray(), _received);
    }

    [Fact]
    public async Task Connection_WithoutAWord_EndsWithoutALog()
    {
        await using var closed = new ProxiedPeer();
        await PassAsync(closed, []);
        await using var reset = new ProxiedPeer();
        await reset.Client.CompleteAsync(new ConnectionResetException("reset"));
        await Run(reset).Soon();
        await using var stopping = new ProxiedPeer();
        var run = Run(stopping);
        stopping.RequestClose();
        await run.Soon();

        Assert.Null(_received);
        Assert.Empty(_logs.Entries);
    }

    [Fact]
    public async Task Refusals_AreLoggedOnceAMinute_WithTheirNumber()
    {
        _options.KnownProxies.Add(IPAddress.Parse("192.0.2.1"));
        var middleware = Middleware();
        for (var i = 0; i < 50; i++)
        {
            await using var peer = new ProxiedPeer("198.51.100.9");
            await middleware.OnConnectionAsync(peer);
        }

        Assert.Equal(
            "1 connections were refused for want of a PROXY protocol header. The last came from 198.51.100.9: it is no known proxy.",
            Assert.Single(_logs.Entries).Message);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await using var last = new ProxiedPeer("198.51.100.10");
        await middleware.OnConnectionAsync(last);

        Assert.StartsWith("50 connections were refused", _logs.Entries[1].Message, StringComparison.Ordinal);
        Assert.Equal((2, 2010), (_logs.Entries.Count, _logs.Entries[1].EventId.Id));
    }

    private async Task AssertKnownAsync(string? address, bool isKnown)
    {
        await using var speaking = new ProxiedPeer(address);
        await PassAsync(speaking, Headers.Line(Client));
        Assert.Equal((isKnown, !isKnown), (_received is not null, speaking.IsRefused));

        _received = null;
        await using var silent = new ProxiedPeer(address);
        await PassAsync(silent, "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        Assert.Null(_received);
        Assert.True(silent.IsRefused);
    }

    private async Task PassAsync(ProxiedPeer peer, byte[] bytes)
    {
        await peer.Client.WriteAsync(bytes);
        await peer.Client.CompleteAsync();
        await Run(peer).Soon();
    }

    private static async Task WriteInPiecesAsync(PipeWriter client, byte[] bytes, Random random)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(bytes.Length - at, 1 + random.Next(random.Next(2) == 0 ? 8 : 4000));
            await client.WriteAsync(bytes.AsMemory(at, count));
            at += count;
            if (random.Next(4) == 0)
            {
                await Task.Yield();
            }
        }

        await client.CompleteAsync();
    }

    private Task Run(ProxiedPeer peer) => Middleware().OnConnectionAsync(peer);

    private ProxyProtocolMiddleware Middleware() => new(
        ReceiveAsync,
        _options,
        _clock,
        new RefusedConnections(_clock, _logs.CreateLogger<ProxyProtocolMiddlewareTests>()));

    private async Task ReceiveAsync(ConnectionContext connection)
    {
        var received = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync();
            foreach (var segment in read.Buffer)
            {
                received.Write(segment.Span);
            }

            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                _received = received.WrittenSpan.ToArray();
                return;
            }
        }
    }
}
