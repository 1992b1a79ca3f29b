using System.Net;
using System.Text.RegularExpressions;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Pages;

/// <summary>What browsers are answered, seen from outside of one.</summary>
public sealed partial class PageTests : HttpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/TOKEN")]
    [InlineData("/TOKEN/")]
    [InlineData("/TOKEN/a%20name")]
    [InlineData("/unknown")]
    [Trait("Rule", "P26")]
    public async Task Page_FindsItsFiles_WhereverItIs(string path)
    {
        var server = await StartServerAsync(static setup => setup.Prefix = "/some/where");
        var address = new Uri(server.Url("").TrimEnd('/') + path.Replace("TOKEN", server.Mint(), StringComparison.Ordinal));

        using var page = await GetAsync(server, address.AbsoluteUri);
        var text = await page.Content.ReadAsStringAsync();

        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);

        // With none, a form of the page would come from no origin, and browsers that say nothing else of it would be refused.
        Assert.Equal("same-origin", page.Headers.GetValues("Referrer-Policy").Single());
        var files = FileLink().Matches(text).Select(match => new Uri(address, match.Groups["to"].Value)).ToList();
        Assert.True(files.Count >= 2, "It has a picture and a style sheet at least.");
        foreach (var file in files)
        {
            using var answer = await server.Client.GetAsync(file);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl!.ToString());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [Fact]
    public async Task File_IsTheOneThatThereIs_WhenAnotherVersionIsAskedFor()
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.GetAsync("-/other/beam.css");
        using var request = new HttpRequestMessage(HttpMethod.Get, "-/other/beam.css");
        request.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var again = await server.Client.SendAsync(request);

        Assert.Equal(("text/css", true), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.NoCache));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Theory]
    [InlineData("-/x/texts.json")]
    [InlineData("-/x/nothing.js")]
    [InlineData("-/x/..%2fbeam.css")]
    public async Task File_IsNotFound_WhenItIsNone(string path)
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P6")]
    public async Task Form_ThatMints_LeadsToTheChannel()
    {
        var server = await StartServerAsync(static setup => setup.Prefix = "/beam");
        using var request = new HttpRequestMessage(HttpMethod.Post, "token");
        request.Headers.Add("Accept", "text/html");

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var location = answer.Headers.Location!.OriginalString;
        Assert.Matches(@"\A\./[0-9a-z]{26}\z", location);
        server.Guard(location[2..]);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
    }

    [Fact]
    [Trait("Rule", "P29")]
    public async Task Refusal_IsAPage_WithTheSameStatus()
    {
        var server = await StartServerAsync();

        using var page = await GetAsync(server, "no-such-token/name");
        using var line = await server.Client.GetAsync("no-such-token/name");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (page.StatusCode, line.StatusCode));
        var text = await page.Content.ReadAsStringAsync();
        Assert.Contains("<h1>Nothing here</h1>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("no-such-token", text, StringComparison.Ordinal);
        Assert.Equal("Unknown or expired token.\n", await line.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P21")]
    public async Task QrCode_IsAPicture_AndClaimsNothing()
    {
        var server = await StartServerAsync();
        var path = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(path, new StringContent("still there"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        using var picture = await server.Client.GetAsync(path + "?qr");
        using var ofChannel = await server.Client.GetAsync(path[..^2] + "?qr");

        Assert.Equal("image/svg+xml", picture.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("<svg ", await ofChannel.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("still there", await server.Client.GetStringAsync(path));
        Assert.Equal(HttpStatusCode.OK, (await sent).StatusCode);
    }

    [Theory]
    [InlineData("?qr")]
    [InlineData("")]
    [Trait("Rule", "P21")]
    public async Task QrCode_IsRefusedOrLeftOut_WhenTheAddressIsTooLong(string query)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        foreach (var (path, fits) in new[] { (token, 2331 - "http:///".Length - 26), (token + "/a", 2331 - "http:////a".Length - 26) })
        {
            for (var letters = fits - 2; letters <= fits + 2; letters++)
            {
                using var client = await ConnectAsync(server);
                var accept = query.Length > 0 ? "*/*" : "text/html";
                await client.SendAsync($"GET /{path}{query} HTTP/1.1\r\nHost: {new string('h', letters)}\r\nAccept: {accept}\r\n\r\n");
                var head = await client.ReadHeadAsync();
                var text = (await client.ReadBodyAsync(head)).Text;

                Assert.Equal(query.Length > 0 && letters > fits ? 400 : 200, head.Status);
                Assert.Equal(letters <= fits, text.Contains(query.Length > 0 ? "<svg " : "<svg class=\"qr\"", StringComparison.Ordinal));
                Assert.Equal(head.Status == 400, text == "The address is too long for a QR code.\n");
            }
        }
    }

    [Fact]
    [Trait("Rule", "P29")]
    public async Task Commands_AreQuoted_WhateverTheLinkBringsAlong()
    {
        var server = await StartServerAsync();

        using var page = await GetAsync(server, server.Mint() + "/a';reboot;'");
        var text = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());

        Assert.Contains("/a%27%3Breboot%3B%27'</code>", text, StringComparison.Ordinal);
        Assert.Contains("-OutFile 'a'';reboot;'''", text, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> GetAsync(BeamServer server, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html");
        return server.Client.SendAsync(request);
    }

    [GeneratedRegex("(src|href)=\"(?<to>[^\"]*/-/[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileLink();
}
