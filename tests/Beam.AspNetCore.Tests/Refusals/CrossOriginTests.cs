using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Refusals;

/// <summary>Pages of other origins and what they may do in a visitor's name.</summary>
public sealed class CrossOriginTests : HttpTests
{
    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [Trait("Rule", "P32")]
    public async Task Page_OfAnotherOrigin_CannotMintSendOrCancel(string header, string value)
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        (string Method, string Path)[] requests =
            [("POST", "token"), ("PUT", $"{token}/a"), ("POST", token), ("DELETE", $"{token}/a"), ("DELETE", token)];
        foreach (var (method, path) in requests)
        {
            using var answer = await SendAsync(server, method, path, (header, value));

            Assert.Equal(403, (int)answer.StatusCode);
            Assert.Equal("A page of another origin may not do this.\n", await answer.Content.ReadAsStringAsync());
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }

        Assert.Equal(1, server.Relay.Tokens.Count);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Origin", "http://{host}")]
    [Trait("Rule", "P32")]
    public async Task Page_OfThisOrigin_CanMint(string header, string value)
    {
        var server = await StartServerAsync();

        using var answer = await SendAsync(
            server, "POST", "token", (header, value.Replace("{host}", $"127.0.0.1:{server.Port}", StringComparison.Ordinal)));

        Assert.Equal(201, (int)answer.StatusCode);
    }

    /// <summary>
    /// Old browsers, and all of them over plain http, send Origin alone. Everybody on the way can make a page of http://HOST. A proxy that
    /// ends TLS, and that nobody has named, makes http of what a browser calls https.
    /// </summary>
    [Theory]
    [InlineData("https", "http://{host}", 403)]
    [InlineData("https", "https://{host}", 201)]
    [InlineData("http", "http://{host}", 201)]
    [InlineData("http", "https://{host}", 201)]
    [InlineData("http", "other://{host}", 403)]
    [InlineData("https", "capacitor://{host}", 403)]
    [Trait("Rule", "P32")]
    public async Task Page_OfThisHost_CannotMint_WhenItsSchemeIsWeaker(string scheme, string origin, int status)
    {
        var server = await StartServerAsync(setup => setup.App = app => app.Use((context, next) =>
        {
            context.Request.Scheme = scheme;
            return next(context);
        }));

        using var answer = await SendAsync(
            server, "POST", "token", ("Origin", origin.Replace("{host}", $"127.0.0.1:{server.Port}", StringComparison.Ordinal)));

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P32")]
    public async Task Page_OfThisOrigin_CanMint_WhenItsNameIsInternational()
    {
        var server = await StartServerAsync();

        using var answer = await SendAsync(
            server, "POST", "token", ("Host", "xn--mnchen-3ya.example"), ("Origin", "https://xn--mnchen-3ya.example"));

        Assert.Equal(201, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("https://friend.example", 201)]
    [InlineData("https://evil.example", 403)]
    [Trait("Rule", "P32")]
    public async Task Page_OfAnotherOrigin_CanMint_WhenThePolicyOfTheEndpointAllowsIt(string origin, int status)
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.Services = static builder => builder.Services.AddCors(
                static cors => cors.AddPolicy("friends", static policy => policy.WithOrigins("https://friend.example").AllowAnyMethod()));
            setup.App = static app => app.UseRouting().UseCors();
            setup.Conventions = static beam => beam.Mint.RequireCors("friends");
        });

        using var minted = await SendAsync(server, "POST", "token", ("Origin", origin), ("Sec-Fetch-Site", "cross-site"));
        using var revoked = await SendAsync(server, "DELETE", server.Mint(), ("Origin", origin), ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(status, (int)minted.StatusCode);
        Assert.Equal(status == 201, minted.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(403, (int)revoked.StatusCode);
    }

    private static Task<HttpResponseMessage> SendAsync(
        BeamServer server,
        string method,
        string path,
        params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return server.Client.SendAsync(request);
    }
}
