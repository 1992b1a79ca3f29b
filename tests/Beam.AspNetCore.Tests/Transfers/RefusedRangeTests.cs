using System.Net;
using System.Net.Http.Headers;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>A refused request leaves the bytes that flow alone.</summary>
public sealed class RefusedRangeTests : HttpTests
{
    private const int PieceBytes = 32 * 1024;
    private const int Pieces = 24;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P22")]
    public async Task Bytes_FlowOn_AfterARangeThatTheRelayDoesNotHoldWasRefused(bool spills)
    {
        var folder = NewFolder();
        var server = await StartServerAsync(setup => setup.Options = options =>
        {
            options.SpillDirectory = spills ? folder["spill"] : null;
            options.WindowBytes = 128 * 1024;
            options.RewindBytes = 16 * 1024 * 1024;
            options.ResumeTimeout = TimeSpan.FromMinutes(2);
        });
        var path = $"{server.Mint()}/file.bin";
        using var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {2 * Pieces * PieceBytes}\r\n\r\n");
        using var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await sender.SendAsync(Piece(0));
        var head = await receiver.ReadHeadAsync();
        Assert.Equal(Piece(0), await receiver.ReadAsync(PieceBytes));
        await KeepUpAsync(sender, receiver, 1, Pieces);

        using (var asked = new HttpRequestMessage(HttpMethod.Get, path))
        {
            asked.Headers.Range = new RangeHeaderValue(99_999_999_999, to: null);
            asked.Headers.IfRange = new RangeConditionHeaderValue(head["ETag"]!);
            using var refused = await server.Client.SendAsync(asked);
            Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, refused.StatusCode);
        }

        await KeepUpAsync(sender, receiver, Pieces, 2 * Pieces);
        receiver.FinishSending();
        Assert.Equal(200, (await sender.ReadHeadAsync()).Status);
    }

    /// <summary>Each piece is sent once the one before it has arrived.</summary>
    private static async Task KeepUpAsync(RawHttpClient sender, RawHttpClient receiver, int from, int to)
    {
        for (var piece = from; piece < to; piece++)
        {
            await sender.SendAsync(Piece(piece));
            Assert.Equal(Piece(piece), await receiver.ReadAsync(PieceBytes));
        }
    }

    private static byte[] Piece(int number) => TestBytes.Create(5, PieceBytes, (long)number * PieceBytes);
}
