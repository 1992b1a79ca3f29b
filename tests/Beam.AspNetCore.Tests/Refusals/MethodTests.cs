using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Refusals;

/// <summary>Methods that a path does not take.</summary>
public sealed class MethodTests : HttpTests
{
    [Theory]
    [InlineData("", "GET, PUT, POST")]
    [InlineData("token", "POST")]
    [InlineData("{token}", "GET, PUT, POST, DELETE")]
    [InlineData("{token}/-/token", "POST")]
    [InlineData("{token}/name", "GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS")]
    [Trait("Rule", "P31")]
    public async Task Request_ReadsMethodNotAllowed_WithTheMethodsThereAre(string path, string allow)
    {
        var server = await StartServerAsync();
        var target = path.Replace("{token}", server.Mint(), StringComparison.Ordinal);
        foreach (var method in new[] { "PATCH", "OPTIONS", "TRACE", "PROPFIND", "BREW" }.Except(allow.Split(", ")))
        {
            var client = await ConnectAsync(server);
            await client.SendAsync($"{method} /{target} HTTP/1.1\r\nHost: localhost\r\n\r\n");

            var head = await client.ReadHeadAsync();

            Assert.Equal((405, allow), (head.Status, head["Allow"]));
            Assert.Equal($"This path allows {allow}.\n", (await client.ReadBodyAsync(head)).Text);
        }
    }

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("-/anything/here")]
    [Trait("Rule", "P30")]
    public async Task Path_IsNotBeams_WhenItIsDeeper(string path)
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.GetAsync(path);

        Assert.Equal(404, (int)answer.StatusCode);
    }
}
