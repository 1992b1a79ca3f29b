using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Hosting;

/// <summary>The address that Beam prints, wherever it is mounted and whatever stands before it.</summary>
public sealed class PublicAddressTests : HttpTests
{
    [Fact]
    [Trait("Rule", "P6")]
    public async Task Links_HaveThePathBaseAndThePrefix()
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.Prefix = "/beam";
            setup.App = static app => app.UsePathBase("/app").UseRouting();
        });
        var root = $"http://127.0.0.1:{server.Port}/app/beam";

        var location = await MintAsync(server, root + "/token");
        var help = await server.Client.GetStringAsync(root + "/");

        Assert.StartsWith(root + "/", location, StringComparison.Ordinal);
        Assert.Contains($"'{root}/token'", help, StringComparison.Ordinal);
        var received = server.Client.GetStringAsync($"{location}/a");
        using var sent = await server.Client.PutAsync($"{location}/a", new StringContent("through"));
        Assert.Equal("through", await received);
    }

    /// <summary>A path base or a route may hold anything that a client has written, and people paste the commands.</summary>
    [Fact]
    [Trait("Rule", "P6")]
    public async Task Commands_HaveNothingThatAShellRuns()
    {
        var server = await StartServerAsync(static setup => setup.App = static app => app.Use(static (context, next) =>
        {
            context.Request.PathBase = "/$(id)'!;&|`a-b";
            return next(context);
        }));
        var root = $"http://127.0.0.1:{server.Port}/%24%28id%29%27%21%3B%26%7C%60a-b";

        var location = await MintAsync(server, "token");
        var help = await server.Client.GetStringAsync("");

        Assert.StartsWith(root + "/", location, StringComparison.Ordinal);
        Assert.Contains($"'{root}/token'", help, StringComparison.Ordinal);
        Assert.Contains($"\"{root}/$TOKEN/\"", help, StringComparison.Ordinal);
        Assert.DoesNotContain("(id)", help, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P6")]
    public async Task Links_HaveTheForwardedSchemeAndHost()
    {
        var server = await StartServerAsync(static setup => setup.App = static app => app.UseForwardedHeaders(
            new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost }));

        var location = await MintAsync(server, "token", ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "files.example"));

        Assert.StartsWith("https://files.example/", location, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("javascript")]
    [InlineData("ftp")]
    [InlineData("data")]
    [Trait("Rule", "P6")]
    public async Task Links_HaveNoOtherScheme_WhateverIsForwarded(string scheme)
    {
        var server = await StartServerAsync(static setup => setup.App = static app => app.UseForwardedHeaders(
            new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto }));

        var location = await MintAsync(server, "token", ("X-Forwarded-Proto", scheme));

        Assert.StartsWith(server.Url(""), location, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("files.example", HttpStatusCode.Created)]
    [InlineData("files.example:8443", HttpStatusCode.Created)]
    [InlineData("a.sub.example", HttpStatusCode.Created)]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("files.example.evil", HttpStatusCode.BadRequest)]
    [Trait("Rule", "P6")]
    public async Task Links_HaveKnownHostsOnly_WhenTheApplicationNamesThem(string host, HttpStatusCode status)
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.Services = static builder => builder.Services.Configure<HostFilteringOptions>(
                static options => options.AllowedHosts = ["files.example", "*.sub.example"]);
            setup.App = static app => app.UseForwardedHeaders(
                new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedHost });
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, "token");
        request.Headers.Add("X-Forwarded-Host", host);
        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(status, answer.StatusCode);
        Assert.DoesNotContain("evil", answer.Headers.Location?.Host ?? "", StringComparison.Ordinal);
    }

    /// <summary>What the server's own check takes for any host.</summary>
    [Theory]
    [InlineData("*")]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    [Trait("Rule", "P6")]
    public async Task Links_HaveAnyHost_WhenTheApplicationAnswersToAny(string allowed)
    {
        var server = await StartServerAsync(setup =>
        {
            setup.Services = builder => builder.Services.AddHostFiltering(options => options.AllowedHosts = ["files.example", allowed]);
            setup.App = static app => app.UseHostFiltering();
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, "token");
        request.Headers.Host = "other.example";
        using var answer = await server.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.Created, "other.example"), (answer.StatusCode, answer.Headers.Location?.Host));
    }

    [Fact]
    [Trait("Rule", "P6")]
    public async Task Links_HaveTheConfiguredAddress_WhenItsNameIsInternational()
    {
        var server = await StartServerAsync(static setup
            => setup.HttpOptions = static options => options.PublicBaseUrl = new Uri("https://m\u00fcnchen.example/"));

        Assert.StartsWith("https://xn--mnchen-3ya.example/", await MintAsync(server, "token"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://public.example/send/")]
    [InlineData("https://public.example/send")]
    [Trait("Rule", "P6")]
    public async Task Links_HaveTheConfiguredAddress(string address)
    {
        var server = await StartServerAsync(setup =>
        {
            setup.Prefix = "/beam";
            setup.HttpOptions = options => options.PublicBaseUrl = new Uri(address);
        });

        var location = await MintAsync(server, "token");
        var help = await server.Client.GetStringAsync("");

        Assert.Matches(@"\Ahttps://public\.example/send/[0-9a-z]{26}\z", location);
        Assert.Contains("'https://public.example/send/token'", help, StringComparison.Ordinal);
    }

    private static async Task<string> MintAsync(BeamServer server, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }
}
