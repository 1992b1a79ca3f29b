using System.Net;
using System.Text;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>
/// Something that nobody expects ends an answer that has begun. No client may take that answer for whole, not even one without chunks.
/// </summary>
[Trait("Rule", "P1")]
public sealed class LastResortTests : HttpTests
{
    private const int Size = 200_000;

    // After the head has gone out: the buffer is read once before.
    public static TheoryData<string, int> Misdeeds => new() { { "body", 2 }, { "body", 3 }, { "buffer", 3 }, { "buffer", 4 } };

    [Theory]
    [MemberData(nameof(Misdeeds))]
    public async Task Download_IsReset_OverHttp10(string culprit, int time)
    {
        var server = await StartAsync(culprit, time);
        var path = $"{server.Mint()}/a";
        var sender = await BeginAsync(server, path);
        using var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.0\r\n\r\n");
        var head = await receiver.ReadHeadAsync();
        await EndAsync(sender);

        var end = await receiver.ReadToEndAsync();

        Assert.Equal((200, null), (head.Status, head["Content-Length"]));
        Assert.Equal(ConnectionEnd.Reset, end.End);
        Assert.Equal(502, (await sender.ReadHeadAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Misdeeds))]
    public async Task Download_IsReset_OverHttp11(string culprit, int time)
    {
        var server = await StartAsync(culprit, time);
        var path = $"{server.Mint()}/a";
        var sender = await BeginAsync(server, path);
        using var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var head = await receiver.ReadHeadAsync();
        await EndAsync(sender);

        var body = await receiver.ReadBodyAsync(head);

        Assert.Equal((false, ConnectionEnd.Reset), (body.IsComplete, body.End));
        Assert.Equal(502, (await sender.ReadHeadAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Misdeeds))]
    public async Task Download_IsReset_OverHttp2(string culprit, int time)
    {
        var server = await StartAsync(culprit, time);
        var path = $"{server.Mint()}/a";
        var sender = await BeginAsync(server, path);
        using var receiver = await RawHttp2Client.ConnectAsync(server.PortOf(Wire.H2c), 2 * Size);
        await receiver.GetAsync("/" + path);
        await server.WaitForAsync(static transfer => transfer.Receivers is [{ State: SeatState.Receiving }]);
        await EndAsync(sender);

        await receiver.ReadToEndAsync();

        Assert.Equal((true, false), (receiver.IsReset, receiver.IsEnded));
        Assert.Equal(502, (await sender.ReadHeadAsync()).Status);
    }

    [Theory]
    [InlineData("body", 1)]
    [InlineData("buffer", 1)]
    public async Task Download_IsAnError_BeforeItsHead(string culprit, int time)
    {
        var server = await StartAsync(culprit, time);
        var path = $"{server.Mint()}/a";
        var sender = await BeginAsync(server, path);
        using var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.0\r\n\r\n");

        Assert.Equal(500, (await receiver.ReadHeadAsync()).Status);
        Assert.Equal(502, (await sender.ReadHeadAsync()).Status);
    }

    [Fact]
    [Trait("Rule", "P14")]
    public async Task OneShotAnswer_IsReset_WhenItsLastLineCannotBeWritten()
    {
        var server = await StartAsync("body", 2, HttpMethods.Put);
        using var sender = await ConnectAsync(server);
        await sender.SendAsync("PUT /a HTTP/1.0\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nfile");
        var head = await sender.ReadHeadAsync();
        var url = new Uri(await ReadLineAsync(sender));
        server.Guard(url.Segments[1].TrimEnd('/'));

        Assert.Equal("file", await server.Client.GetStringAsync(url.PathAndQuery));

        Assert.Equal((200, null), (head.Status, head["Content-Length"]));
        Assert.Equal(ConnectionEnd.Reset, (await sender.ReadToEndAsync()).End);
    }

    [Fact]
    [Trait("Rule", "P25")]
    public async Task EventStream_IsReset()
    {
        var server = await StartAsync("body", 2);
        var path = $"{server.Mint()}/a";
        using var watcher = await ConnectAsync(server);
        await watcher.SendAsync($"GET /{path}?events HTTP/1.0\r\n\r\n");
        Assert.Equal(200, (await watcher.ReadHeadAsync()).Status);
        await ReadLineAsync(watcher);
        using var sender = await BeginAsync(server, path);

        Assert.Equal(ConnectionEnd.Reset, (await watcher.ReadToEndAsync()).End);

        using var cancelled = await server.Client.DeleteAsync(path);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
    }

    private Task<BeamServer> StartAsync(string culprit, int time, string? method = null) => StartServerAsync(setup =>
    {
        setup.ExpectsLog = static entry => entry.ToString().Contains("misdeed", StringComparison.Ordinal);
        if (culprit == "buffer")
        {
            setup.Services = builder => ThrowingBuffers.Use(builder.Services, time);
        }
        else
        {
            setup.App = app => app.Use((context, next)
                => context.Request.Method == (method ?? HttpMethods.Get) ? ThrowingBody.UseAsync(context, next, time) : next(context));
        }
    });

    /// <summary>Begins an upload without a length.</summary>
    private async Task<RawHttpClient> BeginAsync(BeamServer server, string path)
    {
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        await sender.SendChunkAsync(TestBytes.Create(1, 1_000));
        await server.WaitForAsync(static transfer => transfer.Held.To == 1_000);
        return sender;
    }

    private static async Task EndAsync(RawHttpClient sender)
    {
        await sender.SendChunkAsync(TestBytes.Create(1, Size, 1_000));
        await sender.SendChunkAsync(default);
    }

    private static async Task<string> ReadLineAsync(RawHttpClient client)
    {
        var line = new List<byte>();
        while (line is not [.., (byte)'\n'])
        {
            line.AddRange(await client.ReadAsync(1));
        }

        return Encoding.ASCII.GetString([.. line]).TrimEnd();
    }
}
