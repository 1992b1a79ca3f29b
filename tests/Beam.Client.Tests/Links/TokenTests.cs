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

    [Theory]
    [InlineData("http://beam.example/beam")]
    [InlineData("http://192.0.2.1:4000")]
    [InlineData("http://127.0.0.1.beam.example")]
    public async Task AccessKey_IsNotShownOverHttp_ToAnotherMachine(string server)
    {
        var connections = new CountingHandler();
        using var http = new HttpClient(connections) { BaseAddress = new Uri(server) };
        using var beam = new BeamClient(http, Quick(static options => options.AccessKey = "se cret"));
        var channel = new BeamLink(new Uri(server), "0123456789abcdefghjkmnpqrs");

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => beam.MintAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => beam.MintAsync(channel, BeamRights.Receive));
        await Assert.ThrowsAsync<InvalidOperationException>(() => beam.RequestUploadAsync());

        Assert.Contains("AllowKeyOverHttp", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("se cret", exception.Message, StringComparison.Ordinal);
        Assert.Empty(connections.Requests);
    }

    [Theory]
    [InlineData("https://beam.example", false)]
    [InlineData("http://127.0.0.1", false)]
    [InlineData("http://127.8.9.10:4000/beam", false)]
    [InlineData("http://[::1]", false)]
    [InlineData("http://LOCALHOST:4000", false)]
    [InlineData("http://beam.example", true)]
    public async Task AccessKey_IsShown_OverHttps_OnThisMachine_OrWhereThatIsAllowed(string server, bool isAllowed)
    {
        var connections = new CountingHandler();
        using var http = new HttpClient(connections) { BaseAddress = new Uri(server) };
        using var beam = new BeamClient(http, Quick(options => (options.AccessKey, options.AllowKeyOverHttp) = ("key", isAllowed)));

        await beam.MintAsync();

        Assert.Equal("Basic OmtleQ==", Assert.Single(connections.Requests).Headers.Authorization?.ToString());
    }

    [Fact]
    public async Task AccessKey_IsTakenOff_WhereTheCallersOwnConnectionsFollowARedirection()
    {
        await using var other = LyingServer.Saying("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        await using var server = LyingServer.Saying(
            $"HTTP/1.1 307 Temporary Redirect\r\nLocation: {other.Url}token\r\nContent-Length: 0\r\n\r\n");
        using var http = new HttpClient(new HttpClientHandler()) { BaseAddress = server.Url };
        using var beam = new BeamClient(http, Quick(static options => options.AccessKey = "key"));

        await Assert.ThrowsAsync<BeamException>(() => beam.MintAsync());

        Assert.Contains("Authorization: Basic OmtleQ==", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", Assert.Single(other.Requests), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Redirections_AreNotFollowed(bool isFromTheFactory)
    {
        await using var other = LyingServer.Saying("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        await using var server = LyingServer.Saying(
            $"HTTP/1.1 307 Temporary Redirect\r\nLocation: {other.Url}token\r\nContent-Length: 0\r\n\r\n");
        var services = new ServiceCollection();
        services.AddBeamClient(options => options.BaseAddress = server.Url);
        await using var provider = services.BuildServiceProvider();
        var beam = isFromTheFactory ? provider.GetRequiredService<BeamClient>() : NewClient(server.Url);

        var exception = await Assert.ThrowsAsync<BeamException>(() => beam.MintAsync());

        Assert.Equal(HttpStatusCode.TemporaryRedirect, exception.StatusCode);
        Assert.Empty(other.Requests);
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

    /// <summary>Notes what would have left, and answers with a token.</summary>
    private sealed class CountingHandler : HttpMessageHandler
    {
        public List<HttpRequestMessage> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            return Task.FromResult(new HttpResponseMessage
            {
                Content = new StringContent("""{"token":"0123456789abcdefghjkmnpqrs","rights":["send","receive"]}"""),
            });
        }
    }
}
