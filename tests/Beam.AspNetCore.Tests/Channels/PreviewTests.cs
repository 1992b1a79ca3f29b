using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Channels;

/// <summary>A link survives clients that only look at it.</summary>
[Trait("Rule", "P21")]
public sealed class PreviewTests : HttpTests
{
    [Theory]
    [InlineData("", "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
    [InlineData("", "Sec-Fetch-Dest", "document")]
    [InlineData("", "Sec-Fetch-Dest", "image")]
    [InlineData("", "User-Agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")]
    [InlineData("", "User-Agent", "facebookexternalhit/1.1")]
    [InlineData("", "User-Agent", "WhatsApp/2.23.20.0")]
    [InlineData("?download", "User-Agent", "TelegramBot (like TwitterBot)")]
    public async Task Look_GetsAPage_AndClaimsNothing(string query, string header, string value)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new StringContent("still there"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var answer = await GetAsync(server, path + query, header, value);
        using var ofChannel = await GetAsync(server, path[..^2] + query, header, value);

        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("text/html", ofChannel.Content.Headers.ContentType!.MediaType);
        Assert.Contains("<a href=\"?download\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("still there", await server.Client.GetStringAsync(path));
        Assert.Equal(HttpStatusCode.OK, (await sent).StatusCode);
    }

    [Fact]
    public async Task Prefetch_IsRefused_AndClaimsNothing()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new StringContent("still there"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var answer = await GetAsync(server, path + "?download", "Sec-Purpose", "prefetch;prerender");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("still there", await server.Client.GetStringAsync(path));
        Assert.Equal(HttpStatusCode.OK, (await sent).StatusCode);
    }

    [Fact]
    public async Task Browser_GetsTheFile_WhenItsButtonIsPressed()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new StringContent("wanted"));

        using var answer = await GetAsync(server, path + "?download", "Accept", "text/html");

        Assert.Equal("wanted", await answer.Content.ReadAsStringAsync());
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(HttpStatusCode.OK, (await sent).StatusCode);
    }

    [Theory]
    [InlineData("User-Agent", "curl/8.5.0")]
    [InlineData("User-Agent", "Wget/1.21.4")]
    [InlineData("User-Agent", "aria2/1.37.0")]
    [InlineData("User-Agent", "Mozilla/5.0 (Windows NT 10.0; en-US) PowerShell/7.4.1")]
    [InlineData("Sec-Fetch-Dest", "empty")]
    public async Task Program_GetsTheFile(string header, string value)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new StringContent("wanted"));

        using var answer = await GetAsync(server, path, header, value);

        Assert.Equal("wanted", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await sent).StatusCode);
    }

    [Fact]
    public async Task Page_ShowsTheName_AsTextOnly()
    {
        var server = await StartServerAsync();

        using var answer = await GetAsync(server, $"{server.Mint()}/%3Cscript%3E", "Accept", "text/html");

        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("<h1><bdi>&lt;script&gt;</bdi></h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("noindex", answer.Headers.GetValues("X-Robots-Tag").Single());
        Assert.Contains("User-Agent", answer.Headers.Vary);
    }

    private static Task<HttpResponseMessage> GetAsync(BeamServer server, string path, string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, value);
        return server.Client.SendAsync(request);
    }
}
