using System.Net;
using System.Security.Claims;
using System.Text.Json;
using System.Text.RegularExpressions;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Tests.Pages;

/// <summary>Beam's root: help for curl, a page for browsers, numbers for programs, and details for users that may see them.</summary>
public sealed class LandingTests : HttpTests
{
    private const string FileName = "very-private-name.txt";

    [Fact]
    [Trait("Rule", "P26")]
    [Trait("Rule", "P29")]
    public async Task Curl_GetsCommandsForThisServer()
    {
        var server = await StartServerAsync(static setup => setup.Prefix = "/beam");
        var curl = Curl("--fail", server.Url(""));

        Assert.Equal(0, await curl.WaitAsync());
        Assert.Contains($"curl --fail -sX POST '{server.Url("token")}'", curl.OutputText, StringComparison.Ordinal);
        Assert.Contains($"curl --fail -T report.pdf \"{server.Url("$TOKEN")}/\"", curl.OutputText, StringComparison.Ordinal);
        Assert.All(
            curl.OutputText.Split('\n').Where(static line => line.TrimStart().StartsWith("curl ", StringComparison.Ordinal)),
            static line => Assert.Contains("--fail", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "text/html")]
    [InlineData("application/json", "application/json")]
    [Trait("Rule", "P26")]
    public async Task Overview_ShowsTotalsOnly_WithoutThePolicy(string accept, string type)
    {
        var server = await StartServerAsync();
        var (sent, path, token) = await BeginAsync(server);

        using var answer = await GetAsync(server, accept);

        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var text = await answer.Content.ReadAsStringAsync();
        var transfer = Assert.Single(server.Relay.GetSnapshot().Transfers);
        Assert.All(
            new[] { token, FileName, transfer.Id, transfer.TokenId },
            secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        Assert.Contains("1", text, StringComparison.Ordinal);
        await EndAsync(server, sent, path);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json")]
    [Trait("Rule", "P7")]
    [Trait("Rule", "P26")]
    public async Task Overview_ShowsShortIds_ToHoldersOfThePolicy(string accept)
    {
        var server = await StartGuardedAsync();
        var (sent, path, token) = await BeginAsync(server);
        var transfer = Assert.Single(server.Relay.GetSnapshot().Transfers);

        using var stranger = await GetAsync(server, accept);
        using var holder = await GetAsync(server, accept, "admin");

        Assert.DoesNotContain(transfer.Id, await stranger.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var text = await holder.Content.ReadAsStringAsync();
        Assert.Contains(transfer.Id, text, StringComparison.Ordinal);
        Assert.Contains(transfer.TokenId, text, StringComparison.Ordinal);
        Assert.Contains("waiting-for-receiver", text, StringComparison.Ordinal);
        Assert.DoesNotContain(token, text, StringComparison.Ordinal);
        Assert.DoesNotContain(FileName, text, StringComparison.Ordinal);
        await EndAsync(server, sent, path);
    }

    [Fact]
    [Trait("Rule", "P26")]
    [Trait("Rule", "P38")]
    public async Task Overview_ListsSome_AndCountsAll()
    {
        var server = await StartGuardedAsync();
        for (var i = 0; i < 600; i++)
        {
            server.Mint();
        }

        using var json = await GetAsync(server, "application/json", "admin");
        using var page = await GetAsync(server, "text/html", "admin");

        using var overview = JsonDocument.Parse(await json.Content.ReadAsStringAsync());
        Assert.Equal(600, overview.RootElement.GetProperty("liveTokens").GetInt32());
        Assert.Equal(500, overview.RootElement.GetProperty("tokens").GetArrayLength());
        var text = await page.Content.ReadAsStringAsync();
        Assert.Contains("<p class=\"quiet\">Only those are listed that end first.</p>", text, StringComparison.Ordinal);
        Assert.Contains("<p class=\"quiet\" data-oldest hidden>Only the oldest are listed.</p>", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Overview_CountsAsJson()
    {
        var server = await StartServerAsync();
        var (sent, path, _) = await BeginAsync(server);

        using var answer = await GetAsync(server, "application/json");

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(1, json.RootElement.GetProperty("activeTransfers").GetInt32());
        Assert.Equal(1, json.RootElement.GetProperty("liveTokens").GetInt32());
        Assert.Equal(256 * 1024 * 1024, json.RootElement.GetProperty("memoryBudgetBytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("transfers").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("tokens").ValueKind);
        await EndAsync(server, sent, path);
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Page_RunsAndLoadsOnlyFilesOfBeam()
    {
        var server = await StartServerAsync();

        using var answer = await GetAsync(server, "text/html");

        var text = await answer.Content.ReadAsStringAsync();
        Assert.All(
            Regex.Matches(text, "(src|href)=\"(?<to>[^\"]*)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)),
            static link => Assert.StartsWith(
                "./",
                link.Groups["to"].Value.Replace("#main", "./", StringComparison.Ordinal),
                StringComparison.Ordinal));
        Assert.DoesNotContain("<script>", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("style=", text, StringComparison.OrdinalIgnoreCase);
        var policy = answer.Headers.NonValidated["Content-Security-Policy"].ToString();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.NonValidated["X-Content-Type-Options"].ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("a\"onload=x")]
    [InlineData("$(reboot)")]
    [InlineData("a';reboot;'")]
    [InlineData("`reboot`")]
    [InlineData("a&b")]
    [InlineData("a|b")]
    [InlineData("a/b")]
    [InlineData("user@evil")]
    [Trait("Rule", "P29")]
    public async Task Host_IsNeverReflected_WhenItHasMarkupOrShellLetters(string host)
    {
        var server = await StartServerAsync();
        string[] requests =
        [
            "GET / HTTP/1.1\r\nAccept: text/html",
            "GET / HTTP/1.1",
            "POST /token HTTP/1.1\r\nContent-Length: 0",
        ];
        foreach (var request in requests)
        {
            var client = await ConnectAsync(server);
            await client.SendAsync($"{request}\r\nHost: {host}\r\nConnection: close\r\n\r\n");

            var answer = (await client.ReadToEndAsync()).Text;

            Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
            Assert.DoesNotContain(host, answer, StringComparison.Ordinal);
            Assert.DoesNotContain("reboot", answer, StringComparison.Ordinal);
        }

        Assert.Equal(0, server.Relay.Tokens.Count);
    }

    [Theory]
    [InlineData("xn--mnchen-3ya.example:8080")]
    [InlineData("xn--")]
    [InlineData("xn--99999999999")]
    [InlineData("xn--p1ai..")]
    [Trait("Rule", "P26")]
    public async Task Host_IsPrintedAsItCame_WhenItIsAnInternationalName(string host)
    {
        // The framework's own log of requests decodes the name, and fails over those that cannot be decoded.
        var server = await StartServerAsync(static setup =>
            setup.Services = static builder => builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting", LogLevel.Warning));
        foreach (var request in new[] { "GET / HTTP/1.1", "POST /token HTTP/1.1\r\nContent-Length: 0" })
        {
            var client = await ConnectAsync(server);
            await client.SendAsync($"{request}\r\nHost: {host}\r\nConnection: close\r\n\r\n");

            var answer = (await client.ReadToEndAsync()).Text;

            Assert.StartsWith("HTTP/1.1 20", answer, StringComparison.Ordinal);
            Assert.Contains($"http://{host}/", answer, StringComparison.Ordinal);
        }
    }

    private Task<BeamServer> StartGuardedAsync() => StartServerAsync(static setup =>
    {
        setup.HttpOptions = static options => options.OverviewPolicy = "admin";
        setup.Services = static builder => builder.Services.AddAuthorizationBuilder().AddPolicy(
            "admin", static policy => policy.RequireClaim("role", "admin"));
        setup.App = static app => app.Use(static (context, next) =>
        {
            var role = new Claim("role", context.Request.Headers["X-Role"].ToString());
            context.User = new ClaimsPrincipal(new ClaimsIdentity([role], "test"));
            return next(context);
        });
    });

    private static async Task<(Task<HttpResponseMessage> Sent, string Path, string Token)> BeginAsync(BeamServer server)
    {
        var token = server.Mint();
        var sent = server.Client.PutAsync($"{token}/{FileName}", new StringContent("x"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        return (sent, $"{token}/{FileName}", token);
    }

    private static async Task EndAsync(BeamServer server, Task<HttpResponseMessage> sent, string path)
    {
        Assert.Equal("x", await server.Client.GetStringAsync(path));
        Assert.True((await sent).IsSuccessStatusCode);
    }

    private static Task<HttpResponseMessage> GetAsync(BeamServer server, string accept, string role = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.Add("X-Role", role);
        return server.Client.SendAsync(request);
    }
}
