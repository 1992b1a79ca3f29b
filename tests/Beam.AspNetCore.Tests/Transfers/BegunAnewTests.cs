using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>A sender that comes after a sender which broke off before its first byte begins anew, on its own terms.</summary>
public sealed class BegunAnewTests : HttpTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Rule", "P18")]
    [Trait("Rule", "P23")]
    public async Task Sender_ThatWantsFewerReceivers_ServesThoseThatWait(bool isSecondGone)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/f";
        using var broken = await SendHeadAsync(server, $"{path}?receivers=2", "Content-Length: 10");
        using var first = await ReceiveAsync(server, path);
        await server.WaitForAsync(static transfer => transfer.Receivers.Count == 1);
        using var second = await ReceiveAsync(server, path);
        await server.WaitForAsync(static transfer => transfer.Receivers.Count == 2);
        if (isSecondGone)
        {
            second.Reset();
            await server.WaitForAsync(static transfer => transfer.Receivers.Any(static receiver => receiver.State == SeatState.Away));
        }

        await BreakAsync(server, broken);

        var sending = server.Client.PutAsync(path, new StringContent("0123456789"));
        var head = await first.ReadHeadAsync();
        Assert.Equal(200, head.Status);
        Assert.Equal("0123456789"u8.ToArray(), (await first.ReadBodyAsync(head)).Bytes);
        first.FinishSending();

        using var answer = await sending;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        first.Dispose();
        await server.WaitUntilEmptyAsync();
    }

    [Fact]
    [Trait("Rule", "P18")]
    [Trait("Rule", "P23")]
    public async Task WaitingReceiver_Stays_WhenTheOneBeforeItIsGone()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/f";
        using var broken = await SendHeadAsync(server, $"{path}?receivers=2", "Content-Length: 10");
        using var first = await ReceiveAsync(server, path);
        await server.WaitForAsync(static transfer => transfer.Receivers.Count == 1);
        using var second = await ReceiveAsync(server, path);
        await server.WaitForAsync(static transfer => transfer.Receivers.Count == 2);
        first.Reset();
        await server.WaitForAsync(static transfer => transfer.Receivers.Any(static receiver => receiver.State == SeatState.Away));
        await BreakAsync(server, broken);

        var sending = server.Client.PutAsync(path, new StringContent("0123456789"));

        var head = await second.ReadHeadAsync();
        Assert.Equal((200, "10"), (head.Status, head["Content-Length"]));
        Assert.Equal("0123456789"u8.ToArray(), (await second.ReadBodyAsync(head)).Bytes);
        second.FinishSending();
        using var answer = await sending;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [Trait("Rule", "P13")]
    [Trait("Rule", "P23")]
    public async Task HandIn_IsAccepted_AfterABrokenTryThatWasNone(bool spills, bool isReceiverThere)
    {
        var folder = NewFolder();
        var server = await StartResumableServerAsync(spills ? folder["spill"] : null);
        var path = $"{server.Mint()}/g";
        using var broken = await SendHeadAsync(server, path, "Content-Length: 100");
        using var receiver = isReceiverThere ? await ReceiveAsync(server, path) : null;
        await server.WaitForAsync(transfer => transfer.Receivers.Count == (isReceiverThere ? 1 : 0));
        await BreakAsync(server, broken);

        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(TestBytes.Create(1, 200)) };
        request.Headers.Add("Prefer", "respond-async");
        using var accepted = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var got = receiver ?? await ReceiveAsync(server, path);
        var head = await got.ReadHeadAsync();
        Assert.Equal("200", head["Content-Length"]);
        Assert.Equal(TestBytes.Create(1, 200), (await got.ReadBodyAsync(head)).Bytes);
        got.FinishSending();
        await server.WaitUntilEmptyAsync();
    }

    [Fact]
    [Trait("Rule", "P13")]
    [Trait("Rule", "P24")]
    public async Task HandIn_IsAccepted_WhenTheFirstPieceHadNoByte()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/g";
        using (var creation = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent([]) })
        {
            creation.Headers.Add("Upload-Complete", "?0");
            using var created = await server.Client.SendAsync(creation);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        }

        using var accepted = await AppendAsync(server, path, offset: 0);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal(100, (await server.Client.GetByteArrayAsync(path)).Length);
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task HandIn_IsRefused_ForTheRestOfAFileThatWasBegunWithoutIt()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/g";
        using (var first = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(new byte[10]) })
        {
            first.Headers.Add("Upload-Complete", "?0");
            using var begun = await server.Client.SendAsync(first);
            Assert.Equal(HttpStatusCode.Created, begun.StatusCode);
        }

        using var refused = await AppendAsync(server, path, offset: 10);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("The file was begun on other terms.\n", await refused.Content.ReadAsStringAsync());
        using var cancelled = await server.Client.DeleteAsync(path);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
    }

    private Task<BeamServer> StartResumableServerAsync(string? spillDirectory = null)
        => StartServerAsync(setup => setup.Options = options =>
        {
            options.ResumeTimeout = TimeSpan.FromMinutes(2);
            options.SpillDirectory = spillDirectory;
        });

    private async Task<RawHttpClient> SendHeadAsync(BeamServer server, string path, string header)
    {
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n");
        await server.WaitForAsync(static transfer => transfer.IsSenderConnected);
        return sender;
    }

    private async Task<RawHttpClient> ReceiveAsync(BeamServer server, string path)
    {
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return receiver;
    }

    private static async Task<HttpResponseMessage> AppendAsync(BeamServer server, string path, long offset)
    {
        using var piece = new HttpRequestMessage(HttpMethod.Patch, path) { Content = new ByteArrayContent(new byte[100]) };
        piece.Content.Headers.ContentType = new("application/partial-upload");
        piece.Headers.Add("Upload-Offset", $"{offset}");
        piece.Headers.Add("Upload-Complete", "?1");
        piece.Headers.Add("Prefer", "respond-async");
        return await server.Client.SendAsync(piece);
    }

    private static async Task BreakAsync(BeamServer server, RawHttpClient sender)
    {
        sender.Reset();
        await server.WaitForAsync(static transfer => !transfer.IsSenderConnected);
    }
}
