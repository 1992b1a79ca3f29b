using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Hosting;

/// <summary>Beam behind a single handler of the host's, which has routed the request in its own way.</summary>
public sealed class DispatcherTests : HttpTests
{
    [Fact]
    public async Task Dispatcher_HasTheWholeSurface()
    {
        var server = await StartServerAsync(Mount("/files"));
        using var minted = await server.Client.PostAsync("files/token", content: null);
        var token = (await minted.Content.ReadAsStringAsync()).TrimEnd();
        server.Guard(token);

        Assert.Equal(HttpStatusCode.Created, minted.StatusCode);
        Assert.Equal($"http://127.0.0.1:{server.Port}/files/{token}", minted.Headers.Location!.OriginalString);
        Assert.Contains(
            $"http://127.0.0.1:{server.Port}/files/token",
            await server.Client.GetStringAsync("files/"),
            StringComparison.Ordinal);

        var received = server.Client.GetStringAsync($"files/{token}/a%20name");
        using var sent = await server.Client.PutAsync($"files/{token}/a%20name", new StringContent("through"));
        Assert.Equal("through", await received);
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);

        using var revoked = await server.Client.DeleteAsync($"files/{token}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
    }

    [Theory]
    [InlineData("PATCH", "token", 405)]
    [InlineData("GET", "too/deep/a/path", 404)]
    [InlineData("GET", "a/%2e%2e", 400)]
    public async Task Dispatcher_RefusesWhatMapBeamRefuses(string method, string path, int status)
    {
        var server = await StartServerAsync(Mount("/files"));
        await using var curl = Curl("-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", "-X", method, server.Url("files/" + path));
        await curl.WaitAsync();

        await using var mapped = Curl("-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", "-X", method, server.Url(path));
        await mapped.WaitAsync();

        Assert.Equal($"{status} {status}", $"{curl.OutputText} {mapped.OutputText}");
    }

    [Fact]
    public async Task Dispatcher_LeavesTheRequestAsItWas()
    {
        // The client has its answer before the handler goes on.
        var seen = new TaskCompletionSource<(string Path, string Base, string? Endpoint, object? Value)>();
        var server = await StartServerAsync(setup => setup.App = app => app.Map("/files/{**rest}", async context =>
        {
            await context.RequestServices.GetRequiredService<BeamDispatcher>().HandleAsync(context, "/files");
            seen.SetResult(
                (context.Request.Path, context.Request.PathBase, context.GetEndpoint()?.DisplayName, context.GetRouteValue("rest")));
        }).WithDisplayName("mine"));

        using var answer = await server.Client.PostAsync("files/token", content: null);

        Assert.Equal(("/files/token", "", "mine", "token"), await seen.Task.Soon());
    }

    [Fact]
    public async Task Dispatcher_TakesThePathAsItIs_WithoutPrefix()
    {
        var server = await StartServerAsync(setup => setup.App = static app => app.Use(
            static (HttpContext context, RequestDelegate _)
                => context.RequestServices.GetRequiredService<BeamDispatcher>().HandleAsync(context)));

        using var minted = await server.Client.PostAsync("token", content: null);

        Assert.Equal(HttpStatusCode.Created, minted.StatusCode);
    }

    [Fact]
    public async Task Dispatcher_AnswersNotFound_OutsideOfItsPrefix()
    {
        var server = await StartServerAsync(setup => setup.App = static app => app.Use(
            static (HttpContext context, RequestDelegate _)
                => context.RequestServices.GetRequiredService<BeamDispatcher>().HandleAsync(context, "/files")));

        using var answer = await server.Client.PostAsync("token", content: null);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("https://friend.example", 201)]
    [InlineData("https://evil.example", 403)]
    [Trait("Rule", "P32")]
    public async Task Page_OfAnotherOrigin_CanMint_WhenThePolicyOfTheHostsEndpointAllowsIt(string origin, int status)
    {
        var server = await StartServerAsync(setup =>
        {
            setup.Services = static builder => builder.Services.AddCors(
                static cors => cors.AddPolicy("friends", static policy => policy.WithOrigins("https://friend.example").AllowAnyMethod()));
            setup.App = static app =>
            {
                app.UseRouting().UseCors();
                app
                    .Map(
                        "/files/{**rest}",
                        static context => context.RequestServices.GetRequiredService<BeamDispatcher>().HandleAsync(context, "/files"))
                    .RequireCors("friends");
            };
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, "files/token");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    private static Action<TestServerSetup> Mount(string prefix) => setup => setup.App = app => app.Map(
        prefix + "/{**rest}",
        context => context.RequestServices.GetRequiredService<BeamDispatcher>().HandleAsync(context, prefix));
}
