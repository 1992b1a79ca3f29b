using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Channels;

/// <summary>A link survives clients that only look at it.</summary>
[Trait("Rule", "P21")]
public sealed class PreviewTests : HttpTests
{
    [Theory]
    [InlineData("User-Agent", "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)")]
    [InlineData("User-Agent", "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) Mobile Safari/537.36 (compatible; Googlebot/2.1)")]
    [InlineData("User-Agent", "Mozilla/5.0 (Linux; Android 5.0) Mobile Safari/537.36 (compatible; Bytespider; a@b.example)")]
    [InlineData("User-Agent", "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5")]
    [InlineData("User-Agent", "TelegramBot (like TwitterBot)")]
    [InlineData("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
    [InlineData("Sec-Fetch-Dest", "document")]
    [InlineData("Sec-Fetch-Dest", "image")]
    [InlineData("User-Agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")]
    [InlineData("User-Agent", "facebookexternalhit/1.1")]
    [InlineData("User-Agent", "WhatsApp/2.23.20.0")]
    public async Task Look_GetsAPage_AndClaimsNothing(string header, string value)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new StringContent("still there"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var answer = await GetAsync(server, path, header, value);
        using var ofChannel = await GetAsync(server, path[..^2], header, value);

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

    /// <summary>A phone, and whoever looks like a preview: the query has the last word.</summary>
    [Theory]
    [InlineData("Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36")]
    [InlineData("UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.2; en-US; CUBOT_P9) U2/1.0.0 UCBrowser/10.7 Mobile")]
    [InlineData("TelegramBot (like TwitterBot)")]
    public async Task Browser_GetsTheFile_WhateverItsNameIs(string program)
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new StringContent("wanted"));

        using var answer = await GetAsync(server, path + "?download", "User-Agent", program);

        Assert.Equal("wanted", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await sent).StatusCode);
    }

    [Theory]
    [InlineData("User-Agent", "curl/8.5.0")]
    [InlineData("User-Agent", "Wget/1.21.4")]
    [InlineData("User-Agent", "aria2/1.37.0")]
    [InlineData("User-Agent", "Mozilla/5.0 (Windows NT 10.0; en-US) PowerShell/7.4.1")]
    [InlineData("User-Agent", "Dalvik/2.1.0 (Linux; U; Android 9; CUBOT_X18_Plus Build/PPR1)")]
    [InlineData("User-Agent", "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36")]
    [InlineData("User-Agent", "Program/1.0 (Android 12; Spider Preview")]
    [InlineData("User-Agent", ")(Android(bot)")]
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
