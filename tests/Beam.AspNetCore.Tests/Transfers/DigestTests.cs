using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>Digests: the sender's is checked before its last byte leaves; a receiver of ours confirms with one.</summary>
[Trait("Rule", "P27")]
public sealed class DigestTests : HttpTests
{
    private static readonly byte[] File = TestBytes.Create(5, 300_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BothSidesFail_WhenTheBytesDoNotHaveTheSendersDigest(bool isLengthKnown)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", "-o", "/dev/null", server.Url(path));
        using var request = Put(path, File, Header(SHA256.HashData([1, 2, 3])));
        request.Headers.TransferEncodingChunked = !isLengthKnown;

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("The bytes do not have the digest that was declared.\n", await answer.Content.ReadAsStringAsync());

        // 22 when all of it happens before the receiver has been answered.
        Assert.Contains(await receiver.WaitAsync(), new[] { 18, 22, 56 });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    [Trait("Rule", "P13")]
    public async Task Receipt_HasTheDigest_WhenTheBytesHaveTheSenders(int length)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var digest = SHA256.HashData(File.AsSpan(0, length));
        using var request = Put(path, File[..length], Header(digest));
        var sent = server.Client.SendAsync(request);

        Assert.Equal(File[..length], await server.Client.GetByteArrayAsync(path));

        using var answer = await sent;
        Assert.EndsWith(
            $", sha256 {Convert.ToHexStringLower(digest)}\n",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
        using var status = JsonDocument.Parse(await server.Client.GetStringAsync(path + "?status"));
        Assert.Equal(Convert.ToHexStringLower(digest), status.RootElement.GetProperty("sha256").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P23")]
    [Trait("Rule", "P37")]
    public async Task UploadThatGoesOn_IsHeldToTheDigest_ThatItDoesNotRepeat(bool isRight)
    {
        var server = await StartServerAsync(static setup =>
            setup.Options = static options => options.ResumeTimeout = TimeSpan.FromMinutes(1));
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", "-o", "/dev/null", server.Url(path));
        using (var sender = await ConnectAsync(server))
        {
            await sender.SendAsync(
                $"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {File.Length}\r\n"
                + $"Repr-Digest: {Header(SHA256.HashData(File))}\r\n\r\n");
            await sender.SendAsync(File.AsMemory(0, 100_000));
            await server.WaitForAsync(static transfer => transfer.Held.To == 99_999);
        }

        var rest = File[99_999..];
        rest[0] ^= (byte)(isRight ? 0 : 1);
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(rest) };
        request.Content.Headers.ContentRange = new(99_999, File.Length - 1, File.Length);
        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(isRight ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(isRight, await receiver.WaitAsync() == 0);
    }

    [Theory]
    [InlineData("sha-256=abc")]
    [InlineData("sha-256=:AAAA:")]
    [InlineData("sha-256=:!:")]
    public async Task Sender_ReadsBadRequest_WhenTheDigestIsMalformed(string digest)
    {
        var server = await StartServerAsync();
        using var request = Put($"{server.Mint()}/a", [1], digest);

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receiver_ConfirmsWithTheDigest(bool isRight)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        using var get = new HttpRequestMessage(HttpMethod.Get, path + "?confirm");
        var receiving = server.Client.SendAsync(get, HttpCompletionOption.ResponseHeadersRead);
        await server.WaitForAsync(TransferState.WaitingForSender);
        var sent = server.Client.PutAsync(path, new ByteArrayContent(File));
        using var file = await receiving;
        var got = await file.Content.ReadAsByteArrayAsync();
        await server.WaitForAsync(TransferState.Confirming);
        Assert.False(sent.IsCompleted);

        using var confirm = new HttpRequestMessage(HttpMethod.Post, path + "?confirm");
        confirm.Headers.Add("Repr-Digest", Header(isRight ? SHA256.HashData(got) : new byte[32]));
        using var confirmed = await server.Client.SendAsync(confirm);

        using var answer = await sent;
        if (isRight)
        {
            Assert.Equal(HttpStatusCode.NoContent, confirmed.StatusCode);
            Assert.StartsWith("confirmed: 300000 bytes to 1 receiver", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using var again = new HttpRequestMessage(HttpMethod.Post, path + "?confirm");
            again.Headers.Add("Repr-Digest", Header(SHA256.HashData(got)));
            using var told = await server.Client.SendAsync(again);
            Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        }
        else
        {
            Assert.Equal(HttpStatusCode.Conflict, confirmed.StatusCode);
            Assert.False(answer.IsSuccessStatusCode);
        }
    }

    [Fact]
    [Trait("Rule", "P18")]
    public async Task Receivers_NameThemselves_WhenThereAreSeveral()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var receiving = Task.WhenAll(
            server.Client.GetByteArrayAsync(path + "?confirm=one"),
            server.Client.GetByteArrayAsync(path + "?confirm=two"));
        await server.WaitForAsync(static transfer => transfer.Receivers.Count == 2);
        var sent = server.Client.PutAsync(path + "?receivers=2", new ByteArrayContent(File));
        await receiving;
        await server.WaitForAsync(static transfer => transfer.Receivers.All(static receiver => receiver.State == SeatState.Confirming));

        Assert.Equal(HttpStatusCode.BadRequest, await ConfirmAsync("?confirm"));
        Assert.Equal(HttpStatusCode.BadRequest, await ConfirmAsync("?confirm=a%20b"));
        Assert.Equal(HttpStatusCode.NotFound, await ConfirmAsync("?confirm=three"));
        Assert.Equal(HttpStatusCode.NoContent, await ConfirmAsync("?confirm=two"));
        Assert.Equal(HttpStatusCode.NoContent, await ConfirmAsync("?confirm=two"));
        Assert.False(sent.IsCompleted);
        Assert.Equal(HttpStatusCode.NoContent, await ConfirmAsync("?confirm=one"));

        using var answer = await sent.Soon();
        Assert.StartsWith("confirmed: 300000 bytes to 2 receivers", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        async Task<HttpStatusCode> ConfirmAsync(string query)
        {
            using var confirm = new HttpRequestMessage(HttpMethod.Post, path + query);
            confirm.Headers.Add("Repr-Digest", Header(SHA256.HashData(File)));
            using var confirmed = await server.Client.SendAsync(confirm);
            return confirmed.StatusCode;
        }
    }

    [Fact]
    public async Task Receiver_ThatForgetsToConfirm_CountsByItsConnection_AfterTheStallLimit()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var path = $"{server.Mint()}/a";
        var receiving = server.Client.GetByteArrayAsync(path + "?confirm");
        await server.WaitForAsync(TransferState.WaitingForSender);
        var sent = server.Client.PutAsync(path, new ByteArrayContent(File));
        Assert.Equal(File, await receiving);
        await server.WaitForAsync(TransferState.Confirming);

        // Time passes until the connection's end is seen, and then once more the stall limit.
        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(10));
                return sent.IsCompleted;
            },
            "the stall limit ends the wait");

        using var answer = await sent;
        Assert.StartsWith("sent: 300000 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Receiver_ThatHasReadAll_CanSayThatItHasNotGotTheFile(bool asksForTheNext)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var path = $"{token}/a";
        var sent = server.Client.PutAsync(path, new ByteArrayContent(File));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        Assert.Equal(File, await server.Client.GetByteArrayAsync((asksForTheNext ? token : path) + "?confirm=me"));
        await server.WaitForAsync(TransferState.Confirming);

        using var unnamed = await server.Client.DeleteAsync(path + "?confirm");
        using var declined = await server.Client.DeleteAsync(path + "?confirm=me");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.NoContent), (unnamed.StatusCode, declined.StatusCode));
        using var answer = await sent.Soon();
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Fact]
    public async Task Receiver_ConfirmsAFileThatItsSenderHasBegunBefore()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new ByteArrayContent(File));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        Assert.Equal(File, await server.Client.GetByteArrayAsync(path + "?confirm"));
        await server.WaitForAsync(TransferState.Confirming);

        using var confirm = new HttpRequestMessage(HttpMethod.Post, path + "?confirm");
        confirm.Headers.Add("Repr-Digest", Header(SHA256.HashData(File)));
        using var confirmed = await server.Client.SendAsync(confirm);

        Assert.Equal(HttpStatusCode.NoContent, confirmed.StatusCode);
        using var answer = await sent.Soon();
        Assert.StartsWith("confirmed: 300000 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receiver_CountsByItsConnectionAtOnce_WhenThereIsNoDigestToConfirm()
    {
        var server = await StartServerAsync(
            static setup => setup.Options = static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new ByteArrayContent(File));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        using (var piece = new HttpRequestMessage(HttpMethod.Get, path))
        {
            piece.Headers.Range = new(0, 99);
            using var plain = await server.Client.SendAsync(piece);
            Assert.Equal(File[..100], await plain.Content.ReadAsByteArrayAsync());
        }

        using (var rest = new HttpRequestMessage(HttpMethod.Get, path + "?confirm"))
        {
            rest.Headers.Range = new(100, null);
            using var file = await server.Client.SendAsync(rest);
            Assert.Equal(File[100..], await file.Content.ReadAsByteArrayAsync());
        }

        await server.WaitForAsync(TransferState.Confirming);

        using var confirm = new HttpRequestMessage(HttpMethod.Post, path + "?confirm");
        confirm.Headers.Add("Repr-Digest", Header(SHA256.HashData(File)));
        using var refused = await server.Client.SendAsync(confirm);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        using var answer = await sent.Soon();
        Assert.StartsWith("sent: 300000 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receiver_ConfirmsAtOnce_WhenAProxyKeepsTheConnectionForTheNextRequest()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        using var put = Put(path, File, Header(SHA256.HashData(File)));
        var sent = server.Client.SendAsync(put);
        using var get = new HttpRequestMessage(HttpMethod.Get, path + "?confirm");
        get.Headers.Add("Via", "1.1 proxy");
        using var file = await server.Client.SendAsync(get);
        Assert.Equal(File, await file.Content.ReadAsByteArrayAsync());
        await server.WaitForAsync(TransferState.Confirming);

        using var confirm = new HttpRequestMessage(HttpMethod.Post, path + "?confirm");
        confirm.Headers.Add("Repr-Digest", Header(SHA256.HashData(File)));
        using var confirmed = await server.Client.SendAsync(confirm).Soon();

        Assert.Equal(HttpStatusCode.NoContent, confirmed.StatusCode);
        using var answer = await sent.Soon();
        Assert.StartsWith("confirmed: 300000 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string Header(byte[] digest) => $"sha-256=:{Convert.ToBase64String(digest)}:";

    private static HttpRequestMessage Put(string path, byte[] body, string digest)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(body) };
        request.Headers.Add("Repr-Digest", digest);
        return request;
    }
}
