using System.Net;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Uploads;

/// <summary>Resumable uploads as the IETF draft has them: creation, the upload resource, its limits and its end.</summary>
public sealed class DraftTests : UploadTests
{
    public static TheoryData<string> Methods => ["PUT", "POST"];

    [Theory]
    [MemberData(nameof(Methods))]
    [Trait("Rule", "P24")]
    public async Task Creation_WithEverything_IsAnsweredWithTheReceipt(string method)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", "-i", server.Url(path));

        using var answer = await SendAsync(server, new HttpMethod(method), path, File, ("Upload-Complete", "?1"));

        Assert.Equal((200, "300000", "?1", "300000"), State(answer));
        Assert.StartsWith("confirmed: 300000 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Contains("Content-Length: 300000\r\n", receiver.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    [Trait("Rule", "P24")]
    public async Task Creation_OfAPiece_NamesItsResource(string method)
    {
        var server = await StartResumableServerAsync(
            static options => options.MaxTransferBytes = Size,
            static http => http.MaxAppendBytes = 200_000);
        var path = $"{server.Mint()}/a%20b";
        var receiver = Curl("--fail", "-i", server.Url(path));
        await server.WaitForAsync(TransferState.WaitingForSender);

        Uri resource;
        using (var created = await SendAsync(
            server, new HttpMethod(method), path, File[..100_000], ("Upload-Complete", "?0"), ("Upload-Length", "300000")))
        {
            Assert.Equal((201, "100000", "?0", null), State(created));
            Assert.Equal("max-size=300000, max-append-size=200000, max-age=60", Field(created, "Upload-Limit"));
            resource = new Uri(created.RequestMessage!.RequestUri!, created.Headers.Location!);
        }

        Assert.EndsWith("/" + path, resource.AbsoluteUri, StringComparison.Ordinal);
        using var answer = await PatchAsync(server, resource.AbsoluteUri, 100_000, File[100_000..], "?1");
        Assert.Equal((200, "300000", "?1", "300000"), State(answer));
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Contains("Content-Length: 300000\r\n", receiver.OutputText, StringComparison.Ordinal);
        Assert.Equal(File, receiver.Output[^Size..]);
    }

    [Theory]
    [InlineData("300000")]
    [InlineData(null)]
    [Trait("Rule", "P24")]
    public async Task Creation_MayBeEmpty_AndTheLengthMayComeLater(string? length)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        using (var created = await SendAsync(server, HttpMethod.Post, path, [], ("Upload-Complete", "?0"), ("Upload-Length", length)))
        {
            Assert.Equal((201, "0", "?0", null), State(created));
        }

        using (var piece = await PatchAsync(server, path, 0, File[..100_000], "?0"))
        {
            Assert.Equal((204, "100000", "?0", null), State(piece));
        }

        using (var look = await HeadAsync(server, path))
        {
            Assert.Equal((200, "100000", "?0", length), State(look));
        }

        using (var piece = await PatchAsync(server, path, 100_000, File[100_000..200_000], "?0"))
        {
            Assert.Equal((204, "200000", "?0", null), State(piece));
        }

        using var answer = await PatchAsync(server, path, 200_000, File[200_000..], "?1");
        Assert.Equal((200, "300000", "?1", "300000"), State(answer));
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(File, receiver.Output);
    }

    [Fact]
    [Trait("Rule", "P24")]
    public async Task LastPiece_MayBeEmpty()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        using (await SendAsync(server, HttpMethod.Post, path, File, ("Upload-Complete", "?0")))
        {
        }

        using var answer = await PatchAsync(server, path, Size, [], "?1");

        Assert.Equal((200, "300000", "?1", "300000"), State(answer));
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(File, receiver.Output);
    }

    [Fact]
    [Trait("Rule", "P13")]
    [Trait("Rule", "P24")]
    public async Task LastPiece_SaysComplete_WhenTheFileIsHandedIn()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        using (var created = await SendAsync(
            server, HttpMethod.Post, path, File[..100_000], ("Upload-Complete", "?0"), ("Prefer", "respond-async")))
        {
            Assert.Equal((201, "100000", "?0", null), State(created));
        }

        using var answer = await SendAsync(
            server,
            HttpMethod.Patch,
            path,
            File[100_000..],
            ("Upload-Offset", "100000"),
            ("Upload-Complete", "?1"),
            ("Content-Type", "application/partial-upload"),
            ("Prefer", "respond-async"));

        Assert.Equal((202, "300000", "?1", "300000"), State(answer));
        Assert.Equal(File, await server.Client.GetByteArrayAsync(path));
    }

    [Fact]
    [Trait("Rule", "P24")]
    public async Task EmptyFile_CanBeCreated()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));

        using var answer = await SendAsync(server, HttpMethod.Post, path, [], ("Upload-Complete", "?0"), ("Upload-Length", "0"));

        Assert.Equal((200, "0", "?1", "0"), State(answer));
        Assert.NotNull(answer.Headers.Location);
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Empty(receiver.Output);
    }

    [Fact]
    [Trait("Rule", "P24")]
    [Trait("Rule", "P28")]
    public async Task Delete_EndsTheUpload()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        using (await SendAsync(server, HttpMethod.Post, path, File, ("Upload-Complete", "?0")))
        {
        }

        using var deleted = await server.Client.DeleteAsync(path);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.NotEqual(0, await receiver.WaitAsync());
        using var answer = await PatchAsync(server, path, Size, [], "?1");
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
    }

    [Theory]
    [InlineData(0, 410, "#completed-upload")]
    [InlineData(5, 400, "#inconsistent-upload-length")]
    [Trait("Rule", "P24")]
    public async Task CompleteUpload_TakesNothingMore(int bytes, int status, string type)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiving = server.Client.GetByteArrayAsync(path);
        using (await SendAsync(server, HttpMethod.Put, path, File, ("Upload-Complete", "?1")))
        {
            Assert.Equal(File, await receiving);
        }

        server.Client.DefaultRequestHeaders.Add("Accept", "application/problem+json");
        using var answer = await PatchAsync(server, path, Size, new byte[bytes], "?1");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(type, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Upload-Complete", "1")]
    [InlineData("Upload-Complete", "false")]
    [InlineData("Upload-Length", "many")]
    [InlineData("Upload-Length", "299999")]
    [InlineData("Upload-Offset", "0")]
    [InlineData("Upload-Draft-Interop-Version", "99")]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P24")]
    public async Task Creation_IsRefused_WhenWhatItSaysIsNotClear(string name, string value)
    {
        var server = await StartResumableServerAsync();
        var complete = name == "Upload-Complete" ? null : name == "Upload-Length" ? "?1" : "?0";

        using var answer = await SendAsync(
            server, HttpMethod.Post, $"{server.Mint()}/a", File, ("Upload-Complete", complete), (name, value));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Fact]
    [Trait("Rule", "P24")]
    public async Task Creation_OfAnUnknownVersion_IsAnOrdinaryUpload_WhenItIsTheWholeFile()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/a";
        var receiving = server.Client.GetByteArrayAsync(path);

        using var answer = await SendAsync(
            server, HttpMethod.Post, path, File, ("Upload-Draft-Interop-Version", "3"), ("Upload-Incomplete", "?0"));

        Assert.Equal((200, null, null, null), State(answer));
        Assert.Equal(File, await receiving);
    }

    [Fact]
    [Trait("Rule", "P24")]
    public async Task Piece_IsRefused_WhenItIsLargerThanAllowed()
    {
        var server = await StartResumableServerAsync(http: static http => http.MaxAppendBytes = 1000);

        using var answer = await SendAsync(server, HttpMethod.Post, $"{server.Mint()}/a", File, ("Upload-Complete", "?0"));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("max-append-size=1000, max-age=60", Field(answer, "Upload-Limit"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P24")]
    public async Task Options_TellWhetherUploadsCanBeResumed(bool canResume)
    {
        var server = canResume ? await StartResumableServerAsync() : await StartServerAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, $"{server.Mint()}/a");

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(canResume ? "application/partial-upload" : null, Field(answer, "Accept-Patch"));
        Assert.Equal(canResume ? "max-age=60" : null, Field(answer, "Upload-Limit"));
        Assert.Contains("PATCH", Field(answer, "Allow"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P12")]
    [Trait("Rule", "P24")]
    public async Task Form_CannotBeAPiece()
    {
        var server = await StartResumableServerAsync();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(File), "file", "a" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Mint()}/a") { Content = form };
        request.Headers.Add("Upload-Complete", "?0");

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
