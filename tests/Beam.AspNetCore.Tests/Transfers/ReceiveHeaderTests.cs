using System.Net.Http.Headers;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>What the headers tell a receiver of a file, and what they do not.</summary>
public sealed class ReceiveHeaderTests : HttpTests
{
    [Fact]
    [Trait("Rule", "P19")]
    public async Task Receiver_GetsTheHeadersThatKeepAFileAFile()
    {
        var server = await StartServerAsync();
        using var answer = await MoveAsync(server, static _ => { });

        var headers = answer.Headers.NonValidated;
        Assert.Equal("nosniff", headers["X-Content-Type-Options"].ToString());
        Assert.Equal("sandbox; default-src 'none'", headers["Content-Security-Policy"].ToString());
        Assert.Equal("no-store", headers["Cache-Control"].ToString());
        Assert.Equal("no-referrer", headers["Referrer-Policy"].ToString());
        Assert.Equal("noindex", headers["X-Robots-Tag"].ToString());
        Assert.Matches("\\A\"[^\"]+\"\\z", headers["ETag"].ToString());
        Assert.Equal(
            "attachment; filename=a.txt; filename*=UTF-8''a.txt",
            answer.Content.Headers.NonValidated["Content-Disposition"].ToString());
        Assert.Equal(5, answer.Content.Headers.ContentLength);
    }

    /// <summary>curl -OJ stores a file under <c>filename</c>, and the next curl obeys a .curlrc in the home folder.</summary>
    [Theory]
    [InlineData(".curlrc", "filename=_curlrc; filename*=UTF-8''.curlrc")]
    [InlineData("-rf", "filename=_rf; filename*=UTF-8''-rf")]
    [InlineData("..x", "filename=_.x; filename*=UTF-8''..x")]
    [InlineData(".ü", "filename=__; filename*=UTF-8''.%C3%BC")]
    [InlineData("a.-", "filename=a.-; filename*=UTF-8''a.-")]
    [Trait("Rule", "P19")]
    public async Task Name_ThatProgramsObey_IsHarmlessForCurl(string name, string expected)
    {
        var server = await StartServerAsync();
        var url = $"{server.Mint()}/{Uri.EscapeDataString(name)}";
        var receiving = server.Client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        var sending = server.Client.PutAsync(url, new StringContent("x"));
        using var answer = await receiving;
        await answer.Content.ReadAsByteArrayAsync();
        using var sent = await sending;

        Assert.Equal("attachment; " + expected, answer.Content.Headers.NonValidated["Content-Disposition"].ToString());
    }

    [Fact]
    [Trait("Rule", "P19")]
    public async Task ETag_IsAnotherForEveryTransfer()
    {
        var server = await StartServerAsync();

        using var first = await MoveAsync(server, static _ => { });
        using var second = await MoveAsync(server, static _ => { });

        Assert.NotEqual(first.Headers.ETag, second.Headers.ETag);
        Assert.False(first.Headers.ETag!.IsWeak);
    }

    [Theory]
    [InlineData("text/html", "text/html")]
    [InlineData("text/plain; charset=iso-8859-1", "text/plain; charset=iso-8859-1")]
    [InlineData("application/vnd.x+json;a=\"b\"", "application/vnd.x+json; a=\"b\"")]
    [InlineData("application/x-www-form-urlencoded", "application/octet-stream")]
    [InlineData("no media type", "application/octet-stream")]
    [InlineData(null, "application/octet-stream")]
    [Trait("Rule", "P19")]
    public async Task ContentType_IsTheSenders_WhenItIsOne(string? sent, string received)
    {
        var server = await StartServerAsync();

        using var answer = await MoveAsync(server, content =>
        {
            content.ContentType = null;
            content.TryAddWithoutValidation("Content-Type", sent);
        });

        Assert.Equal(
            received.Replace(" ", "", StringComparison.Ordinal),
            answer.Content.Headers.NonValidated["Content-Type"].ToString().Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-unknown, br")]
    [Trait("Rule", "P31")]
    public async Task ContentEncoding_PassesUntouched(string coding)
    {
        var server = await StartServerAsync();

        using var answer = await MoveAsync(server, content => content.TryAddWithoutValidation("Content-Encoding", coding));

        Assert.Equal(coding, string.Join(", ", answer.Content.Headers.ContentEncoding));
        Assert.Equal("hello", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P19")]
    public async Task Sender_CannotSetHeadersOfTheReceiver()
    {
        var server = await StartServerAsync();

        using var answer = await MoveAsync(server, static content =>
        {
            content.TryAddWithoutValidation("Set-Cookie", "a=b");
            content.TryAddWithoutValidation("Content-Disposition", "inline");
            content.TryAddWithoutValidation("X-Anything", "1");
        });

        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.False(answer.Headers.Contains("X-Anything"));
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
    }

    private static async Task<HttpResponseMessage> MoveAsync(BeamServer server, Action<HttpContentHeaders> describe)
    {
        var path = $"{server.Mint()}/a.txt";
        var received = server.Client.GetAsync(path);
        await server.WaitForAsync(TransferState.WaitingForSender);
        using var content = new ByteArrayContent("hello"u8.ToArray());
        describe(content.Headers);
        using var sent = await server.Client.PutAsync(path, content);
        Assert.True(sent.IsSuccessStatusCode);
        return await received;
    }
}
