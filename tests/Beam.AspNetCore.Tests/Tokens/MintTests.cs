using System.Net;
using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Tokens;

/// <summary>How tokens are had over HTTP.</summary>
public sealed class MintTests : HttpTests
{
    [Fact]
    [Trait("Rule", "P6")]
    public async Task Mint_AnswersTheTokenAndALineFeed()
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.PostAsync("token", content: null);

        var text = await answer.Content.ReadAsStringAsync();
        server.Guard(text.TrimEnd());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        Assert.Matches(@"\A[0-9a-z]{26}\n\z", text);
        Assert.Equal(server.Url(text.TrimEnd()), answer.Headers.Location!.OriginalString);
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    [Trait("Rule", "P6")]
    public async Task Mint_WorksInTheShell_AsTheHelpTextSaysIt()
    {
        var server = await StartServerAsync();
        var shell = Own(ClientProcess.Start("sh", "-c", $"TOKEN=$(curl -q --fail -sX POST '{server.Url("token")}'); echo \"<$TOKEN>\""));

        Assert.Equal(0, await shell.WaitAsync());
        Assert.Matches(@"\A<[0-9a-z]{26}>\n\z", shell.OutputText);
    }

    [Fact]
    [Trait("Rule", "P6")]
    public async Task Mint_AnswersJson_ToThoseWhoAcceptIt()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        using var request = new HttpRequestMessage(HttpMethod.Post, "token");
        request.Headers.Add("Accept", "application/json");

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var body = json.RootElement;
        var token = body.GetProperty("token").GetString()!;
        server.Guard(token);
        Assert.Equal(["token", "rights", "expiresAt", "usesLeft", "url"], body.EnumerateObject().Select(static property => property.Name));
        Assert.Equal(["send", "receive"], body.GetProperty("rights").EnumerateArray().Select(static right => right.GetString()));
        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromMinutes(20), body.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("usesLeft").ValueKind);
        Assert.Equal(server.Url(token), body.GetProperty("url").GetString());
    }

    [Fact]
    [Trait("Rule", "P7")]
    public async Task Tokens_AreTenThousandDifferentOnes_AndAreForgottenWhenTheyEnd()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup =>
        {
            setup.Clock = clock;
            setup.Options = static options => options.MaxTokens = 10_000;
        });
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 100; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => MintAsync(server)));
            tokens.UnionWith(answers);
        }

        Assert.Equal(10_000, tokens.Count);
        using var refused = await server.Client.PostAsync("token", content: null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("The relay has too many tokens; try again soon.\n", await refused.Content.ReadAsStringAsync());
        Assert.NotNull(refused.Headers.RetryAfter);

        clock.Advance(TimeSpan.FromMinutes(21));
        Assert.Equal(0, server.Relay.Tokens.Count);
        Assert.Matches(@"\A[0-9a-z]{26}\z", await MintAsync(server));
    }

    private static async Task<string> MintAsync(BeamServer server)
    {
        using var answer = await server.Client.PostAsync("token", content: null);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadAsStringAsync()).TrimEnd();
    }
}
