using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Forms;

/// <summary>Forms with everything that may be wrong with them.</summary>
public sealed class FormOverHttpTests : HttpTests
{
    private const string NameRule = "A name is 1 to 255 bytes of UTF-8 without control characters, '/' and '\\', and not '.' or '..'.\n";

    [Theory]
    [InlineData("filename=\"a b.txt\"", "a b.txt")]
    [InlineData("filename=plain", "plain")]
    [InlineData("filename=\"quote\\\"d.txt\"", "quote\"d.txt")]
    [InlineData("filename=\"Grüße 😀.txt\"", "Grüße 😀.txt")]
    [InlineData("filename=\"x\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt", "Grüße.txt")]
    [InlineData("filename=\"semi;colon.txt\"", "semi;colon.txt")]
    [InlineData("filename=\"100%2541.txt\"", "100%2541.txt")]
    [Trait("Rule", "P12")]
    [Trait("Rule", "P30")]
    public async Task PartsName_IsTheTransfersName(string parameter, string name)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var received = server.Client.GetAsync($"{token}/{Uri.EscapeDataString(name)}");
        await server.WaitForAsync(TransferState.WaitingForSender);

        using var sent = await PostAsync(server, token, Part(parameter, "content"));

        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        using var answer = await received;
        Assert.Equal(name, answer.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.Equal("content", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("filename=\"\"")]
    [InlineData("filename=\"../etc/passwd\"")]
    [InlineData("filename=\"C:\\\\evil.exe\"")]
    [InlineData("filename=\"..\"")]
    [InlineData("filename=\"a\u0001b\"")]
    [InlineData("filename*=UTF-8''a%0D%0Ab")]
    [InlineData("filename*=UTF-8''a%2Fb")]
    [InlineData("filename*=UTF-8''a%00b")]
    [Trait("Rule", "P30")]
    public async Task PartsName_IsRefused_WhenItIsNoName(string parameter)
    {
        var server = await StartServerAsync();

        using var answer = await PostAsync(server, server.Mint(), Part(parameter, "content"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(NameRule, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P30")]
    public async Task PartsName_IsRefused_WhenItIsTooLongOrNoUtf8()
    {
        var server = await StartServerAsync();
        byte[] invalid = [.. "--x\r\nContent-Disposition: form-data; name=f; filename=\"a"u8, 0xFF, .. "b\"\r\n\r\ncontent\r\n--x--\r\n"u8];
        var tooLong = Encoding.UTF8.GetBytes(Part($"filename=\"{new string('n', 300)}\"", "content") + "--x--\r\n");
        foreach (var body in new[] { tooLong, invalid })
        {
            using var answer = await PostAsync(server, server.Mint(), body);

            Assert.Equal((HttpStatusCode.BadRequest, NameRule), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }
    }

    [Fact]
    [Trait("Rule", "P12")]
    public async Task PartsName_CannotBringHeadersOfItsOwn()
    {
        var server = await StartServerAsync();

        using var answer = await PostAsync(server, server.Mint(), Part("filename=\"a\r\nX-Evil: 1\"", "content"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Single((await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n'));
        Assert.False(answer.Headers.Contains("X-Evil"));
    }

    [Theory]
    [InlineData("--x\r\nContent-Disposition: form-data; name=a\r\n\r\nvalue\r\n--x--\r\n", "The form has no file.\n")]
    [InlineData("--x--\r\n", "The form has no file.\n")]
    [InlineData(
        "--x\r\nContent-Type: text/plain\r\n\r\nvalue\r\n--x--\r\n",
        "The form cannot be read: A part has no readable Content-Disposition.\n")]
    [Trait("Rule", "P12")]
    public async Task Form_IsRefusedInOneLine_WhenItHasNoFile(string body, string line)
    {
        var server = await StartServerAsync();

        using var answer = await PostAsync(server, server.Mint(), Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(line, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no form at all")]
    [InlineData("--x\r\nno header\r\n\r\nvalue\r\n--x--\r\n")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=f; filename=a")]
    [Trait("Rule", "P1")]
    public async Task Form_IsRefusedInOneLine_WhenItIsNone(string body)
    {
        var server = await StartServerAsync();

        using var answer = await PostAsync(server, server.Mint(), Encoding.UTF8.GetBytes(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Single((await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n'));
    }

    [Fact]
    [Trait("Rule", "P29")]
    public async Task Refusal_QuotesNothingOfTheForm()
    {
        var server = await StartServerAsync();

        using var answer = await PostAsync(
            server, server.Mint(), Encoding.UTF8.GetBytes("--x\r\n\u001b[31mno header\nat all\r\n\r\nvalue\r\n--x--\r\n"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("The form cannot be read: A part has no readable headers.\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(true, 502, "The receiver broke off before it had everything.\n")]
    [InlineData(false, 410, "The transfer was cancelled.\n")]
    [Trait("Rule", "P2")]
    [Trait("Rule", "P12")]
    public async Task Sender_ReadsTheOutcome_WhenTheTransferFailsBeforeItsFormGoesOn(bool isReceiverLost, int status, string reason)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.WaitForAsync(TransferState.WaitingForSender);
        var sender = await ConnectAsync(server);
        await sender.SendAsync(
            $"POST /{path} HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n\r\n"
                + Part("filename=a", "first")[..^2]);
        Assert.Equal(200, (await receiver.ReadHeadAsync()).Status);

        if (isReceiverLost)
        {
            receiver.Reset();
        }
        else
        {
            using var cancelled = await server.Client.DeleteAsync(path);
        }

        var head = await sender.ReadHeadAsync();
        Assert.Equal((status, reason), (head.Status, (await sender.ReadBodyAsync(head)).Text));
    }

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P12")]
    public async Task Form_FailsOnBothSides_WhenItHasASecondFile()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var token = server.Mint();
        var receiver = Curl("--fail", server.Url($"{token}/a"));

        var sender = Curl(
            "--fail-with-body", "-w", "%{http_code}", "-F", $"f=@{folder.Write("a", "first"u8)}",
            "-F", $"g=@{folder.Write("b", "second"u8)}", server.Url(token));

        Assert.Equal(22, await sender.WaitAsync());
        Assert.Equal("The form has a second file; send one at a time, or all as one with ?bundle=zip.\n400", sender.OutputText);
        Assert.NotEqual(0, await receiver.WaitAsync());
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Receiver_Fails_WhenTheFormEndsWithoutItsLastDelimiter()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl("--fail", server.Url($"{token}/a"));

        using var answer = await PostAsync(server, token, Encoding.UTF8.GetBytes(Part("filename=a", "content that seems whole")));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEqual(0, await receiver.WaitAsync());
    }

    [Fact]
    [Trait("Rule", "P12")]
    public async Task Form_MayHaveAnEmptyFile_AndFieldsAfterIt()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl("--fail", "-D", "-", server.Url($"{token}/a"));

        using var answer = await PostAsync(
            server, token, Part("filename=a", "") + "--x\r\nContent-Disposition: form-data; name=later\r\n\r\nvalue\r\n");

        Assert.StartsWith("confirmed: 0 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await receiver.WaitAsync());
    }

    [Fact]
    [Trait("Rule", "P3")]
    [Trait("Rule", "P12")]
    public async Task Form_IsStreamed_InsideTheWindow()
    {
        const long Size = 64 * 1024 * 1024;
        const long Window = 1024 * 1024;
        var server = await StartServerAsync(static setup => setup.Options = static options => options.WindowBytes = Window);
        var path = $"{server.Mint()}/a";
        using var response = await StartFormAsync(server, path, Size);
        await using var body = await response.Received.Content.ReadAsStreamAsync();
        await using var verified = new VerifyingStream(8);
        var buffer = new byte[256 * 1024];
        var most = 0L;
        while (await body.ReadAsync(buffer) is var count and > 0)
        {
            verified.Write(buffer, 0, count);
            most = Math.Max(most, server.Budgets.Memory.UsedBytes);
        }

        Assert.Equal(Size, verified.Verified);
        Assert.InRange(most, 1, Window + 128 * 1024);
        Assert.Equal(HttpStatusCode.OK, (await response.Sent).StatusCode);
    }

    private static async Task<RunningForm> StartFormAsync(BeamServer server, string path, long size)
    {
        var content = new MultipartFormDataContent { { new StreamContent(new PatternStream(8, size)), "file", "a" } };
        var sent = server.Client.PostAsync(path, content);
        var received = await server.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        return new RunningForm(sent, received);
    }

    private static string Part(string fileName, string content)
        => $"--x\r\nContent-Disposition: form-data; name=\"file\"; {fileName}\r\n\r\n{content}\r\n";

    private static Task<HttpResponseMessage> PostAsync(BeamServer server, string path, string parts)
        => PostAsync(server, path, Encoding.UTF8.GetBytes(parts + "--x--\r\n"));

    private static Task<HttpResponseMessage> PostAsync(BeamServer server, string path, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        return server.Client.PostAsync(path, content);
    }

    private sealed record RunningForm(Task<HttpResponseMessage> Sent, HttpResponseMessage Received) : IDisposable
    {
        public void Dispose() => Received.Dispose();
    }
}
