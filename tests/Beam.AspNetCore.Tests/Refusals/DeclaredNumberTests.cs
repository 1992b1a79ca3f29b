using System.Globalization;
using System.Net;
using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Refusals;

/// <summary>Lengths and offsets that no file has.</summary>
[Trait("Rule", "P15")]
public sealed class DeclaredNumberTests : HttpTests
{
    private const long Largest = TransferDescription.LargestLength;
    private const string Line = "A length or an offset is a whole number, at most 9007199254740991.\n";

    private static readonly TimeSpan Comeback = TimeSpan.FromMinutes(2);

    public static TheoryData<string, string> TooLarge => new()
    {
        { "PUT", "Content-Length: 9007199254740992" },
        { "PUT", "Content-Length: 9223372036854775807" },
        { "POST", "Content-Length: 9223372036854775807" },
        { "PUT", "Content-Length: 9223372036854775807\r\nPrefer: respond-async" },
        { "PUT", "Content-Length: 9223372036854775807\r\nUpload-Complete: ?1" },
        { "PATCH", "Content-Length: 9223372036854775807\r\nUpload-Offset: 0\r\nContent-Type: application/partial-upload" },
        { "PATCH", "Content-Length: 9007199254740991\r\nUpload-Offset: 1\r\nContent-Type: application/partial-upload" },
        { "PUT", "Content-Length: 9007199254740991\r\nContent-Range: bytes 1-9007199254740991/*" },
        { "GET", "Range: bytes=9007199254740992-" },
        { "GET", "Range: bytes=9223372036854775807-" },
        { "GET", "Range: bytes=99999999999999999999-99999999999999999999" },
    };

    [Theory]
    [MemberData(nameof(TooLarge))]
    public async Task Request_IsRefusedBeforeItsBody_WhenItDeclaresMoreThanAnyFileHas(string method, string headers)
    {
        var server = await StartServerAsync(static setup => setup.Options = static options => options.ResumeTimeout = Comeback);
        var client = await ConnectAsync(server);
        await client.SendAsync($"{method} /{server.Mint()}/a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n{headers}\r\n\r\n");

        var head = await client.ReadHeadAsync();

        Assert.Equal(400, head.Status);
        var body = (await client.ReadBodyAsync(head)).Text;
        Assert.True(body == Line || body.StartsWith("Content-Range does not have the form", StringComparison.Ordinal), body);
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Theory]
    [InlineData("PUT", "Upload-Length: 9007199254740992\r\nUpload-Complete: ?0")]
    [InlineData("PUT", "Upload-Length: -1\r\nUpload-Complete: ?0")]
    [InlineData("PATCH", "Upload-Offset: 9007199254740992\r\nContent-Type: application/partial-upload")]
    [InlineData("PATCH", "Upload-Offset: -5\r\nContent-Type: application/partial-upload")]
    [InlineData("PUT", "Content-Range: bytes 0-9223372036854775807/*")]
    [InlineData("PUT", "Content-Range: bytes 0-9007199254740991/*")]
    [InlineData("PUT", "Content-Range: bytes 5-9/9223372036854775807")]
    [InlineData("PUT", "Content-Range: bytes 5-9/99999999999999999999")]
    public async Task Piece_IsRefused_WhenItDeclaresMoreThanAnyFileHas(string method, string headers)
    {
        var server = await StartServerAsync(static setup => setup.Options = static options => options.ResumeTimeout = Comeback);
        var client = await ConnectAsync(server);
        await client.SendAsync(
            $"{method} /{server.Mint()}/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n{headers}\r\n\r\n0\r\n\r\n");

        Assert.Equal(400, (await client.ReadHeadAsync()).Status);
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Fact]
    [Trait("Rule", "P12")]
    public async Task Upload_IsTakenAsOthersAre_WhenItDeclaresTheLargestLength()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Largest}\r\n\r\nfirst");

        using var answer = await server.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal((HttpStatusCode.OK, Largest), (answer.StatusCode, answer.Content.Headers.ContentLength));
        sender.Reset();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P3")]
    public async Task Budgets_StayRight_WhateverIsDeclared(bool spills)
    {
        var folder = NewFolder();
        var server = await StartServerAsync(setup => setup.Options = options =>
        {
            options.SpillDirectory = spills ? folder["spill"] : null;
            options.DiskBudgetBytes = 10 * 1024 * 1024;
            options.MemoryBudgetBytes = 10 * 1024 * 1024;
        });
        var token = server.Mint();
        Assert.Equal(HttpStatusCode.Accepted, await HandInAsync(server, $"{token}/small", [1, 2, 3]));
        var (memory, disk) = (server.Budgets.Memory.UsedBytes, server.Budgets.Disk.UsedBytes);
        foreach (var (length, status) in new[] { (long.MaxValue, 400), (long.MaxValue - 2, 400), (Largest + 1, 400), (Largest, 507) })
        {
            var client = await ConnectAsync(server);
            await client.SendAsync(
                $"PUT /{token}/big HTTP/1.1\r\nHost: localhost\r\nPrefer: respond-async\r\nExpect: 100-continue\r\n"
                    + $"Content-Length: {length}\r\n\r\n");
            Assert.Equal(status, (await client.ReadHeadAsync()).Status);
        }

        await server.WaitForAsync(TransferState.WaitingForReceiver);
        Assert.Equal((memory, disk), (server.Budgets.Memory.UsedBytes, server.Budgets.Disk.UsedBytes));
        Assert.Equal(HttpStatusCode.InsufficientStorage, await HandInAsync(server, $"{token}/over", new byte[11 * 1024 * 1024]));
        using var deleted = await server.Client.DeleteAsync($"{token}/small");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P25")]
    public async Task Status_NeverShowsALength_ThatIsNone()
    {
        var server = await StartServerAsync(static setup => setup.Options = static options => options.ResumeTimeout = Comeback);
        var path = $"{server.Mint()}/a";
        var first = await ConnectAsync(server);
        await first.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nUpload-Complete: ?0\r\nContent-Length: 5\r\n\r\nfirst");
        Assert.Equal(201, (await first.ReadHeadAsync()).Status);
        foreach (var length in new[] { long.MaxValue, long.MaxValue - 4, Largest, Largest - 4 })
        {
            var next = await ConnectAsync(server);
            await next.SendAsync(
                $"PATCH /{path} HTTP/1.1\r\nHost: localhost\r\nUpload-Complete: ?1\r\nUpload-Offset: 5\r\n"
                    + "Content-Type: application/partial-upload\r\nExpect: 100-continue\r\n"
                    + $"Content-Length: {length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n");
            Assert.Equal(400, (await next.ReadHeadAsync()).Status);
        }

        using var status = JsonDocument.Parse(await server.Client.GetStringAsync($"{path}?status"));
        Assert.Equal(JsonValueKind.Null, status.RootElement.GetProperty("length").ValueKind);
        using var deleted = await server.Client.DeleteAsync(path);
    }

    [Fact]
    [Trait("Rule", "P24")]
    public async Task Limits_AreNumbersThatAFieldCanHave()
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.Options = static options =>
            {
                options.ResumeTimeout = Comeback;
                options.MaxTransferBytes = long.MaxValue;
            };
            setup.HttpOptions = static options => options.MaxAppendBytes = long.MaxValue;
        });
        using var request = new HttpRequestMessage(HttpMethod.Options, $"{server.Mint()}/a");

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(
            "max-size=999999999999999, max-append-size=999999999999999, max-age=120",
            string.Join(", ", answer.Headers.GetValues("Upload-Limit")));
    }

    private static async Task<HttpStatusCode> HandInAsync(BeamServer server, string path, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("Prefer", "respond-async");
        using var answer = await server.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
