using System.Net;
using Beam.Client.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Client.Tests.Links;

/// <summary>Minting, links with fewer rights, and where clients come from.</summary>
[Trait("Rule", "P9")]
public sealed class TokenTests : ClientTests
{
    [Fact]
    public async Task UploadRequest_CanOnlyBeSentTo()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);

        var request = await beam.RequestUploadAsync(uses: 1, lifetime: TimeSpan.FromMinutes(10));

        Assert.Equal((BeamRights.Send, 1), (request.Request.Rights, request.Request.UsesLeft));
        Assert.Equal(BeamRights.Send | BeamRights.Receive, request.Channel.Rights);
        Assert.Equal(request.Request.Link, request.Request.PublicLink);
        var receiving = beam.ReceiveAsync(request.Channel.Link, new VerifyingStream(1));
        var receipt = await beam.SendAsync(request.Request.Link.WithName("a"), new PatternStream(1, 100)).Soon();
        await receiving.Soon();
        Assert.Equal(BeamOutcome.Confirmed, receipt.Outcome);
    }

    [Theory]
    [InlineData("schlüssel:1", true)]
    [InlineData("wrong", false)]
    [InlineData(null, false)]
    public async Task Minting_BringsTheAccessKey(string? key, bool isRight)
    {
        var server = await StartServerAsync(configureApp: static app => app.Use(RequireKeyAsync));
        var beam = NewClient(server.BaseAddress, options => options.AccessKey = key);

        if (isRight)
        {
            Assert.NotNull((await beam.MintAsync()).Link);
        }
        else
        {
            var exception = await Assert.ThrowsAsync<BeamException>(() => beam.MintAsync());
            Assert.Equal((BeamError.Unauthorized, HttpStatusCode.Unauthorized), (exception.Error, exception.StatusCode));
        }
    }

    [Fact]
    public async Task MakingALink_BringsTheAccessKey_ToItsOwnServerOnly()
    {
        var server = await StartServerAsync(configureApp: static app => app.Use(RequireKeyAsync));
        var beam = NewClient(server.BaseAddress, static options => options.AccessKey = "schlüssel:1");
        var stranger = NewClient(new Uri("http://other.example"), static options => options.AccessKey = "schlüssel:1");
        var channel = await beam.MintAsync();

        Assert.NotNull((await beam.MintAsync(channel.Link, BeamRights.Receive)).Link);
        var exception = await Assert.ThrowsAsync<BeamException>(() => stranger.MintAsync(channel.Link, BeamRights.Receive));
        Assert.Equal(HttpStatusCode.Unauthorized, exception.StatusCode);
    }

    [Fact]
    public async Task PublicLink_IsTheServersOwn()
    {
        var server = await StartServerAsync(configureHttp: static options => options.PublicBaseUrl = new Uri("https://example.com/files/"));
        var beam = NewClient(server.BaseAddress);

        var token = await beam.MintAsync();

        Assert.Equal($"https://example.com/files/{token.Link.Token}", token.PublicLink.Url.AbsoluteUri);
        Assert.Equal($"{server.BaseAddress}/{token.Link.Token}", token.Link.Url.AbsoluteUri);
        Assert.DoesNotContain(token.Link.Token, token.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ComesFromTheFactory()
    {
        var server = await StartServerAsync();
        var logs = new LogCapture();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(logs));
        services.AddBeamClient(options => options.BaseAddress = server.BaseAddress);
        await using var provider = services.BuildServiceProvider();
        var beam = provider.GetRequiredService<BeamClient>();

        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = beam.SendAsync(link, new PatternStream(2, 100));
        await beam.ReceiveAsync(link, new VerifyingStream(2)).Soon();

        Assert.Equal(BeamOutcome.Confirmed, (await sending.Soon()).Outcome);
        Assert.DoesNotContain(logs.Entries, entry => entry.Mentions(link.Token));
    }

    private static Task RequireKeyAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.Value!.EndsWith("/token", StringComparison.Ordinal)
            || context.Request.Headers.Authorization == "Basic OnNjaGzDvHNzZWw6MQ==")
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
