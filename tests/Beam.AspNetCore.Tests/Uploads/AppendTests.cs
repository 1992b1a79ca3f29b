using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;

namespace Beam.AspNetCore.Tests.Uploads;

/// <summary>A sender that comes back goes on where it broke off, while its receiver sees one file.</summary>
public sealed class AppendTests : UploadTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("?1")]
    [Trait("Rule", "P23")]
    public async Task Patch_EndsTheFile_WhenItReachesTheLength(string? complete)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        await BreakAsync(server, path);

        using var answer = await PatchAsync(server, path, Broken, File[Broken..], complete);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith("confirmed: 300000 bytes to 1 receiver", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((200, "300000", "?1", "300000"), State(answer));
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(File, receiver.Output);
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Patch_IsAnsweredAtOnce_WhenMoreIsToCome()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        await BreakAsync(server, path);

        using (var piece = await PatchAsync(server, path, Broken, File[Broken..50_000]))
        {
            Assert.Equal((204, "50000", "?0", null), State(piece));
        }

        var last = PatchAsync(server, path, 50_000, File[50_000..]);
        var receiver = Curl("--fail", server.Url(path));
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(File, receiver.Output);
        using var answer = await last;
        Assert.Equal((200, "300000", "?1", "300000"), State(answer));
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Patch_TakesOver_FromALivingSender()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        using var first = await BeginAsync(server, path);

        var second = PatchAsync(server, path, Broken, File[Broken..]);

        var cut = await first.ReadHeadAsync();
        Assert.Equal(409, cut.Status);
        Assert.Equal("Another connection has taken over.\n", (await first.ReadBodyAsync(cut)).Text);
        Assert.Equal(File, await server.Client.GetByteArrayAsync(path));
        using var answer = await second;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(Broken - 1)]
    [InlineData(Broken + 1)]
    [Trait("Rule", "P23")]
    [Trait("Rule", "P24")]
    public async Task Patch_IsToldTheRightOffset_WithAWrongOne(long offset)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        await BreakAsync(server, path);
        server.Client.DefaultRequestHeaders.Add("Accept", "application/json");

        using var answer = await PatchAsync(server, path, offset, "x"u8.ToArray());

        const string Type = "https://iana.org/assignments/http-problem-types#mismatching-upload-offset";
        Assert.Equal((409, "40000", "?0", "300000"), State(answer));
        Assert.Equal(
            """{"title":"Conflict","status":409,"detail":"The file does not continue at that offset.","error":"wrong_offset","""
                + $"\"type\":\"{Type}\",\"expected-offset\":40000,\"provided-offset\":{offset}}}",
            await answer.Content.ReadAsStringAsync());
        await CancelAsync(server, path);
    }

    [Theory]
    [InlineData("300001", null, 10)]
    [InlineData("299999", null, 10)]
    [InlineData(null, "?1", 10)]
    [InlineData(null, null, Size)]
    [InlineData("30000", null, 10)]
    [Trait("Rule", "P23")]
    [Trait("Rule", "P24")]
    public async Task Patch_IsRefused_AndSpoilsNothing_WithAnotherLength(string? length, string? complete, int bytes)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        await BreakAsync(server, path);
        server.Client.DefaultRequestHeaders.Add("Accept", "application/json");

        (string Name, string? Value)[] headers = [("Upload-Offset", "40000"), ("Upload-Length", length), ("Upload-Complete", complete)];
        using (var refused = await SendAsync(server, HttpMethod.Patch, path, new byte[bytes], headers))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("#inconsistent-upload-length", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var answer = await PatchAsync(server, path, Broken, File[Broken..]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(File, receiver.Output);
    }

    [Theory]
    [InlineData("application/octet-stream", "40000", 415)]
    [InlineData("application/partial-upload", null, 400)]
    [InlineData("application/partial-upload", "-1", 400)]
    [InlineData("application/partial-upload", "4e4", 400)]
    [Trait("Rule", "P23")]
    [Trait("Rule", "P24")]
    public async Task Patch_IsRefused_WithoutItsHeaders(string type, string? offset, int status)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        await BreakAsync(server, path);

        using var answer = await SendAsync(
            server, HttpMethod.Patch, path, "x"u8.ToArray(), ("Content-Type", type), ("Upload-Offset", offset));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 415 ? "application/partial-upload" : null, Field(answer, "Accept-Patch"));
        await CancelAsync(server, path);
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Patch_FindsNothing_WhereNobodyHasBegun()
    {
        var server = await StartResumableServerAsync();

        using var answer = await PatchAsync(server, $"{server.Mint()}/a", 10, "x"u8.ToArray());

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P9")]
    [Trait("Rule", "P23")]
    public async Task Patch_IsForbidden_WithoutTheRightToSend()
    {
        var server = await StartResumableServerAsync();
        var token = server.Mint();
        await BreakAsync(server, $"{token}/a");

        using var answer = await PatchAsync(server, $"{server.Mint(token, TokenRights.Receive)}/a", Broken, File[Broken..]);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        await CancelAsync(server, $"{token}/a");
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Patch_FailsTheTransfer_WhenItEndsTheFileTooEarly()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        await BreakAsync(server, path);
        using var client = await ConnectAsync(server);

        // Chunked, so that nothing tells before the end that it is short.
        await client.SendAsync($"PATCH /{path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            + "Content-Type: application/partial-upload\r\nUpload-Offset: 40000\r\nUpload-Complete: ?1\r\n\r\n1\r\nx\r\n0\r\n\r\n");

        Assert.Equal(400, (await client.ReadHeadAsync()).Status);
        Assert.NotEqual(0, await receiver.WaitAsync());
    }

    [Fact]
    [Trait("Rule", "P23")]
    public async Task Sender_IsLost_WhenItStaysAway()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup =>
        {
            setup.Clock = clock;
            setup.Options = static options => options.ResumeTimeout = TimeSpan.FromMinutes(1);
        });
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        await BreakAsync(server, path);

        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.NotEqual(0, await receiver.WaitAsync());
        using var answer = await PatchAsync(server, path, Broken, File[Broken..]);
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        using var look = await HeadAsync(server, path);
        Assert.Equal(HttpStatusCode.Gone, look.StatusCode);
    }

    private static async Task CancelAsync(BeamServer server, string path)
    {
        using var cancelled = await server.Client.DeleteAsync(path);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
    }
}
