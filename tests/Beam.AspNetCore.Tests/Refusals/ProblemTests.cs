using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Refusals;

/// <summary>Errors as a line for people or as problem details for programs.</summary>
public sealed class ProblemTests : HttpTests
{
    private const string UnknownToken = "0123456789abcdefghjkmnpqrs";

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/problem+json")]
    [InlineData("text/html, application/json;q=0.5")]
    [Trait("Rule", "P29")]
    public async Task Refusal_IsProblemDetails_ToThoseWhoAcceptJson(string accept)
    {
        var server = await StartServerAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{UnknownToken}/a") { Content = new StringContent("x") };
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var text = await answer.Content.ReadAsStringAsync();
        using var problem = JsonDocument.Parse(text);
        Assert.Equal(404, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("Not Found", problem.RootElement.GetProperty("title").GetString());
        Assert.Equal("Unknown or expired token.", problem.RootElement.GetProperty("detail").GetString());
        Assert.Equal("unknown_token", problem.RootElement.GetProperty("error").GetString());
        Assert.DoesNotContain(UnknownToken, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("text/plain")]
    [InlineData("application/json;q=0")]
    [InlineData("not a media type")]
    [Trait("Rule", "P29")]
    public async Task Refusal_IsOneLineOfText_ToEverybodyElse(string accept)
    {
        var server = await StartServerAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{UnknownToken}/a");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await server.Client.SendAsync(request);

        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("Unknown or expired token.\n", await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }
}
