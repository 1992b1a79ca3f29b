using System.Net;
using System.Text;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Names;

/// <summary>Names as they stand in request lines; raw, because clients tidy them up.</summary>
public sealed class NameOverHttpTests : HttpTests
{
    private const string Rule = "A name is 1 to 255 bytes of UTF-8 without control characters, '/' and '\\', and not '.' or '..'.\n";
    private const string DotSegment = "The path has a '.' or '..' segment.\n";

    [Theory]
    [InlineData("%2F", Rule)]
    [InlineData("a%2Fb", Rule)]
    [InlineData("a%2fb", Rule)]
    [InlineData("%5C", Rule)]
    [InlineData("a%5cb", Rule)]
    [InlineData("a%01b", Rule)]
    [InlineData("a%0d%0ab", Rule)]
    [InlineData("a%1b%5b31mb", Rule)]
    [InlineData("a%7Fb", Rule)]
    [InlineData("a%C2%85b", Rule)]
    [InlineData("a%E2%80%AEfdp.exe", Rule)]
    [InlineData("a%E2%80%8Eb", Rule)]
    [InlineData("a%E2%80%8Fb", Rule)]
    [InlineData("a%D8%9Cb", Rule)]
    [InlineData("a%E2%81%A6b", Rule)]
    [InlineData("a%E2%81%AAb", Rule)]
    [InlineData("a%E2%81%AFb", Rule)]
    [InlineData("a%EF%BF%B9b", Rule)]
    [InlineData("a%FFb", Rule)]
    [InlineData("%C3", Rule)]
    [InlineData("%C0%AF", Rule)]
    [InlineData("%ED%A0%80", Rule)]
    [InlineData("a%", Rule)]
    [InlineData("a%4", Rule)]
    [InlineData("a%zzb", Rule)]
    [InlineData("..", DotSegment)]
    [InlineData(".", DotSegment)]
    [InlineData("%2e%2e", DotSegment)]
    [InlineData("%2E.", DotSegment)]
    [InlineData("%2e", DotSegment)]
    [InlineData("x/..", DotSegment)]
    [InlineData("../../etc/passwd", DotSegment)]
    [InlineData("x/%2e%2e/y", DotSegment)]
    [Trait("Rule", "P30")]
    public async Task Name_IsRefusedInOneLine(string name, string line)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        foreach (var method in new[] { "PUT", "GET", "DELETE" })
        {
            var client = await ConnectAsync(server);
            await client.SendAsync($"{method} /{token}/{name} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");

            var head = await client.ReadHeadAsync();

            Assert.Equal(400, head.Status);
            Assert.Equal(line, (await client.ReadBodyAsync(head)).Text);
        }
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("a%00b")]
    [InlineData("ä")]
    [InlineData("a b")]
    [Trait("Rule", "P30")]
    public async Task Name_IsRefusedByTheServer_WhenItIsNoRequestTarget(string name)
    {
        var server = await StartServerAsync();
        var client = await ConnectAsync(server);

        await client.SendAsync($"PUT /{server.Mint()}/{name} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(400, (await client.ReadHeadAsync()).Status);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [InlineData(300, false)]
    [Trait("Rule", "P30")]
    public async Task Name_MayHave255Bytes(int length, bool isTaken)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var name = new string('n', length);
        var received = server.Client.GetAsync($"{token}/{name}");
        using var sent = await SendIfTakenAsync(server, token, name, isTaken);
        using var answer = await received;

        Assert.Equal(isTaken ? HttpStatusCode.OK : HttpStatusCode.BadRequest, sent.StatusCode);
        Assert.Equal(isTaken ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(isTaken ? "x" : Rule, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P30")]
    public async Task Name_IsDecodedOnce()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var received = server.Client.GetAsync($"{token}/a%252Fb");
        await server.WaitForAsync(TransferState.WaitingForSender);

        using var sent = await server.Client.PutAsync($"{token}/a%252Fb", new StringContent("x"));

        using var answer = await received;
        Assert.Equal("a%2Fb", answer.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
    }

    [Theory]
    [InlineData("Grüße.txt")]
    [InlineData("😀.png")]
    [InlineData("报告 2026.pdf")]
    [InlineData("quote\"and;semi.txt")]
    [InlineData("%41.txt")]
    [InlineData("...")]
    [InlineData("-")]
    [InlineData("token")]
    [InlineData("a&b=c?d#e")]
    [Trait("Rule", "P19")]
    [Trait("Rule", "P30")]
    public async Task Name_ArrivesWhole_InTheReceiversHeader(string name)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/{Uri.EscapeDataString(name)}";
        var received = server.Client.GetAsync(path);
        await server.WaitForAsync(TransferState.WaitingForSender);

        using var sent = await server.Client.PutAsync(path, new StringContent("x"));

        using var answer = await received;
        var disposition = answer.Content.Headers.ContentDisposition!;
        Assert.Equal(("attachment", name), (disposition.DispositionType, disposition.FileNameStar));
        var raw = answer.Content.Headers.NonValidated["Content-Disposition"].ToString();
        Assert.All(raw, static letter => Assert.InRange(letter, ' ', '~'));
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P30")]
    public async Task Name_IsTheSame_HoweverItIsEncoded()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var encoded = string.Concat(Encoding.UTF8.GetBytes("ab").Select(static letter => $"%{letter:x2}"));
        var received = server.Client.GetStringAsync($"{token}/ab/");
        await server.WaitForAsync(TransferState.WaitingForSender);
        var client = await ConnectAsync(server);

        await client.SendAsync($"PUT http://localhost/{token}/{encoded}?x=/y HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");

        Assert.Equal("x", await received);
        Assert.Equal(200, (await client.ReadHeadAsync()).Status);
    }

    private static async Task<HttpResponseMessage> SendIfTakenAsync(BeamServer server, string token, string name, bool isTaken)
    {
        if (isTaken)
        {
            await server.WaitForAsync(TransferState.WaitingForSender);
        }

        return await server.Client.PutAsync($"{token}/{name}", new StringContent("x"));
    }
}
