using System.Text;
using Beam.Client.Tests.Servers;

namespace Beam.Client.Tests.Errors;

/// <summary>A server may be anybody's. Whatever it answers, a call ends in time, with the client's own exception.</summary>
public sealed class LyingServerTests : ClientTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    [Theory]
    [InlineData("{\"name\":\"x\",\"z\":\"", "aaaaaaaaaaaaaaaa")]
    [InlineData("", " ")]
    [InlineData("{\"name\":", "[")]
    public async Task Answer_ThatHasNoEnd_IsNoneOfBeams(string begin, string rest)
    {
        var sent = 0L;
        await using var server = new LyingServer(async (_, stream, stop) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Ok + "\r\n" + begin), stop);
            var block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(rest, 4096 / rest.Length)));
            while (true)
            {
                await stream.WriteAsync(block, stop);
                sent += block.Length;
            }
        });
        var client = NewClient(server.Url);

        var exception = await Assert.ThrowsAsync<BeamException>(() => client.GetStatusAsync(Link(server)));

        Assert.Equal(BeamError.Unexpected, exception.Error);

        // What the systems' buffers take goes beyond what the client has read.
        Assert.InRange(sent, 0, 20_000_000);
    }

    /// <summary>Programs show the message on terminals, and write it into logs.</summary>
    [Fact]
    public async Task Message_HasNothingThatATerminalObeys()
    {
        const string Body = "{\"detail\":\"no\\u001b]0;x\\u0007 such\\n\\u202efile\\u009b2J more\",\"error\":\"not_found\"}";
        await using var server = LyingServer.Saying(
            "HTTP/1.1 404 Not Found\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
            + $"Content-Type: application/problem+json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        var client = NewClient(server.Url);

        var exception = await Assert.ThrowsAsync<BeamException>(() => client.MintAsync());

        Assert.Equal("no\ufffd]0;x\ufffd such\ufffd\ufffdfile\ufffd2J more", exception.Message);
    }

    /// <summary>A byte now and then gets no more time.</summary>
    [Theory]
    [InlineData(Ok + "Content-Length: 100\r\n\r\n")]
    [InlineData(Ok + "\r\n{")]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nX: ")]
    public async Task Answer_ThatDoesNotCome_IsWaitedForInVain(string begin)
    {
        await using var server = new LyingServer(async (_, stream, stop) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(begin), stop);
            while (begin.Length > 0)
            {
                await stream.WriteAsync(" "u8.ToArray(), stop);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        });
        var client = NewClient(server.Url, static options => options.IdleTimeout = TimeSpan.FromMilliseconds(300));

        Assert.Equal(BeamError.Broken, (await Assert.ThrowsAsync<BeamException>(() => client.GetStatusAsync(Link(server)))).Error);
    }

    [Fact]
    public async Task Refusal_IsOne_AlsoWithoutTheBodyThatItAnnounces()
    {
        await using var server = LyingServer.Saying(
            "HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\n"
                + "Content-Length: 100\r\nX-Content-Type-Options: nosniff\r\n\r\n");
        var client = NewClient(server.Url, static options => options.IdleTimeout = TimeSpan.FromMilliseconds(300));

        Assert.Equal(BeamError.NotFound, (await Assert.ThrowsAsync<BeamException>(() => client.GetStatusAsync(Link(server)))).Error);
    }

    [Theory]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/4\r\nContent-Length: 4\r\n\r\nabcd")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\nabcd")]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nabcd")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
    public async Task Status_ThatNobodyAskedFor_IsAnError(string answer)
    {
        await using var server = LyingServer.Saying(answer);
        var client = NewClient(server.Url, static options => options.GiveUpAfter = TimeSpan.FromMilliseconds(300));
        using var destination = new MemoryStream();

        await Assert.ThrowsAsync<BeamException>(() => client.ReceiveAsync(Link(server), destination));

        Assert.Empty(destination.ToArray());
    }

    [Theory]
    [InlineData("..%2F..%2Fx")]
    [InlineData("a%2Fb")]
    [InlineData("..")]
    [InlineData("%00")]
    public async Task Name_ThatIsNone_IsAnError_BeforeTheFirstByte(string name)
    {
        await using var server = LyingServer.Saying(
            $"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Disposition: attachment; filename*=UTF-8''{name}\r\n\r\nabcd");
        var client = NewClient(server.Url);
        using var destination = new MemoryStream();

        var exception = await Assert.ThrowsAsync<BeamException>(
            () => client.ReceiveAsync(new BeamLink(server.Url, "0123456789abcdefghjkmnpqrs"), destination));

        Assert.Equal(BeamError.Unexpected, exception.Error);
        Assert.Empty(destination.ToArray());
    }

    [Fact]
    public async Task Part_OfUnknownWhole_IsNotTheRest()
    {
        await using var server = new LyingServer(static async (head, stream, stop) =>
        {
            var answer = head.Contains("Range: bytes=10-", StringComparison.Ordinal)
                    ? "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */12\r\nContent-Length: 0\r\n\r\n"
                : head.Contains("Range: bytes=5-", StringComparison.Ordinal)
                    ? "HTTP/1.1 206 Partial Content\r\nETag: \"a-1\"\r\nContent-Range: bytes 5-9/*\r\nContent-Length: 5\r\n\r\nfghij"
                : "HTTP/1.1 200 OK\r\nETag: \"a-1\"\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), stop);
        });
        var client = NewClient(server.Url, static options => options.GiveUpAfter = TimeSpan.FromSeconds(2));
        using var destination = new MemoryStream();

        await Assert.ThrowsAsync<BeamException>(() => client.ReceiveAsync(Link(server), destination));

        Assert.Contains(server.Requests, static head => head.Contains("Range: bytes=10-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_ThatHaveNoEnd_AreAnError()
    {
        await using var server = new LyingServer(static async (_, stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: state\ndata: "u8.ToArray(), stop);
            while (true)
            {
                await stream.WriteAsync(new byte[4096].Select(static _ => (byte)'a').ToArray(), stop);
            }
        });
        var client = NewClient(server.Url);

        var exception = await Assert.ThrowsAsync<BeamException>(async () =>
        {
            await foreach (var status in client.WatchAsync(Link(server)))
            {
                Assert.Fail("There is no event.");
            }
        });

        Assert.Equal(BeamError.Unexpected, exception.Error);
    }

    [Fact]
    public async Task Events_ThatSayNothing_AreBroken()
    {
        await using var server = LyingServer.Saying("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        var client = NewClient(server.Url, static options =>
        {
            options.IdleTimeout = TimeSpan.FromMilliseconds(200);
            options.GiveUpAfter = TimeSpan.FromMilliseconds(500);
        });

        var exception = await Assert.ThrowsAsync<BeamException>(async () =>
        {
            await foreach (var status in client.WatchAsync(Link(server)))
            {
                Assert.Fail("There is no event.");
            }
        });

        Assert.Equal(BeamError.Broken, exception.Error);
    }

    private static BeamLink Link(LyingServer server) => BeamLink.Parse(server.Link);
}
