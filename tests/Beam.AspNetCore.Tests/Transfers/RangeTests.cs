using System.Globalization;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>
/// What the head of a response says of a part holds to its end, even if the length of the file becomes known in between. The server says at
/// its end whether anything is still held.
/// </summary>
[Trait("Rule", "P1")]
[Trait("Rule", "P22")]
public sealed class RangeTests : HttpTests
{
    private const int Size = 3_000_000;
    private const int Begun = 60_000;

    private static readonly byte[] Bytes = TestBytes.Create(31, Size);

    [Theory]
    [InlineData("HTTP/1.1", "bytes=0-2699999")]
    [InlineData("HTTP/1.1", "bytes=0-10")]
    [InlineData("HTTP/1.0", "bytes=0-2699999")]
    [InlineData("HTTP/1.0", "bytes=0-10")]
    [InlineData("HTTP/1.1", "bytes=0-")]
    [InlineData("HTTP/1.1", "bytes=0-2999999")]
    public async Task SlowReceiver_GetsTheWholeFile_WhenTheLengthWasNotKnown(string version, string range)
    {
        var server = await StartAsync();
        var path = $"{server.Mint()}/a";
        var sender = await BeginAsync(server, path);
        using var receiver = await ConnectAsync(server, receiveBufferBytes: 4096);
        await receiver.SendAsync($"GET /{path} {version}\r\nHost: localhost\r\nRange: {range}\r\n\r\n");
        var head = await receiver.ReadHeadAsync();

        // All of it is there before the receiver has read more than the head.
        await EndAsync(server, sender);
        var body = await receiver.ReadBodyAsync(head);
        receiver.Dispose();

        Assert.Equal((200, null, null), (head.Status, head["Content-Range"], head["Content-Length"]));
        Assert.Equal((true, Size, -1L), (body.IsComplete, body.Bytes.Length, TestBytes.FindMismatch(31, 0, body.Bytes)));
        await AssertConfirmedAsync(sender);
    }

    [Theory]
    [InlineData("bytes=50000-2699999")]
    [InlineData("bytes=50000-50010")]
    public async Task ReturningReceiver_GetsTheWholeFile_WhenItsRangeHasAnEndAndTheLengthIsNotKnown(string range)
    {
        var server = await StartAsync();
        var path = $"{server.Mint()}/a";
        var sender = await BeginAsync(server, path);
        await BreakOffAsync(server, path, Begun);
        using var receiver = await ConnectAsync(server, receiveBufferBytes: 4096);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\nRange: {range}\r\n\r\n");
        var head = await receiver.ReadHeadAsync();

        await EndAsync(server, sender);
        var body = await receiver.ReadBodyAsync(head);
        receiver.Dispose();

        Assert.Equal((200, null), (head.Status, head["Content-Range"]));
        Assert.Equal((true, Size, -1L), (body.IsComplete, body.Bytes.Length, TestBytes.FindMismatch(31, 0, body.Bytes)));
        await AssertConfirmedAsync(sender);
    }

    [Fact]
    public async Task ReturningReceiver_GetsTheRestToItsRealEnd_WhenTheLengthIsNotKnown()
    {
        var server = await StartAsync();
        var path = $"{server.Mint()}/a";
        var sender = await BeginAsync(server, path);
        await BreakOffAsync(server, path, Begun);
        using var receiver = await ConnectAsync(server, receiveBufferBytes: 4096);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\nRange: bytes=50000-\r\n\r\n");
        var head = await receiver.ReadHeadAsync();

        await EndAsync(server, sender);
        var body = await receiver.ReadBodyAsync(head);
        receiver.Dispose();

        Assert.Equal((206, "bytes 50000-9007199254740991/*"), (head.Status, head["Content-Range"]));
        Assert.Equal((true, Size - 50_000, -1L), (body.IsComplete, body.Bytes.Length, TestBytes.FindMismatch(31, 50_000, body.Bytes)));
        await AssertConfirmedAsync(sender);
    }

    [Fact]
    public async Task Piece_EndsWhereItsHeadSays_WhenTheLengthIsKnown()
    {
        var server = await StartAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new ByteArrayContent(Bytes[..2000]));
        await server.WaitForAsync(static transfer => transfer.Held.To == 2000);
        foreach (var (from, to) in new[] { (0, 999), (1000, 2500) })
        {
            using var receiver = await ConnectAsync(server);
            await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\nRange: bytes={from}-{to}\r\n\r\n");
            var head = await receiver.ReadHeadAsync();
            var body = await receiver.ReadBodyAsync(head);

            var last = Math.Min(to, 1999);
            Assert.Equal((206, $"bytes {from}-{last}/2000"), (head.Status, head["Content-Range"]));
            Assert.Equal(Bytes[from..(last + 1)], body.Bytes);
        }

        using var answer = await sent;
        Assert.StartsWith("confirmed: 2000 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<BeamServer> StartAsync() => StartServerAsync(static setup => setup.Options = static options =>
    {
        options.ResumeTimeout = TimeSpan.FromMinutes(1);
        options.WindowBytes = 2 * Size;
    });

    /// <summary>Begins an upload without a length.</summary>
    private async Task<RawHttpClient> BeginAsync(BeamServer server, string path)
    {
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        await sender.SendChunkAsync(Bytes.AsMemory(0, Begun));
        await server.WaitForAsync(static transfer => transfer.Held.To == Begun);
        return sender;
    }

    private static async Task EndAsync(BeamServer server, RawHttpClient sender)
    {
        await sender.SendChunkAsync(Bytes.AsMemory(Begun));
        await sender.SendChunkAsync(default);
        await server.WaitForAsync(static transfer => transfer.Length == Size);
    }

    private static async Task AssertConfirmedAsync(RawHttpClient sender)
    {
        var answer = await sender.ReadBodyAsync(await sender.ReadHeadAsync());
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"confirmed: {Size} bytes"), answer.Text, StringComparison.Ordinal);
    }
}
