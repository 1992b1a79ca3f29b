namespace Beam.Server.Tests;

/// <summary>
/// A server for this machine alone, without a key: a page on the internet whose name leads to 127.0.0.1 must not mint and send with it.
/// </summary>
[Trait("Rule", "P32")]
public sealed class LocalHostTests
{
    [Theory]
    [InlineData("attacker.example")]
    [InlineData("attacker.example:4000")]
    [InlineData("localhost.attacker.example")]
    [InlineData("127.0.0.1.attacker.example")]
    [InlineData("192.0.2.1")]
    [InlineData("xn--zzzzzzzzzzzzzzzzz99")]
    public async Task OtherName_IsRefused(string host)
    {
        await using var server = await ServerProcess.StartBeamServerAsync();

        foreach (var path in new[] { "/token", "/", "/-/health" })
        {
            var status = await Curl.StatusAsync("-X", "POST", "-H", $"Host: {host}", "-H", $"Origin: http://{host}", server.Url(path));
            Assert.Equal(400, status);
        }

        var answer = await Curl.AnswerAsync("-H", $"Host: {host}", server.Url("/"));
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("\n\nThis server answers to localhost only", answer, StringComparison.Ordinal);
    }

    /// <summary>A name that only looks international is no fault of the server's.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("Beam__AccessKey=a-key")]
    [InlineData("Beam__AllowAnonymous=true")]
    [InlineData("Beam__KnownProxies=127.0.0.1")]
    [InlineData("AllowedHosts=files.example;localhost")]
    public async Task NameThatCannotBeDecoded_IsNoEntryOfTheLog(string setting)
    {
        await using var server = await ServerProcess.StartBeamServerAsync(setting.Length > 0 ? [setting] : []);
        foreach (var path in new[] { "/token", "/", "/-/health", "/0123456789abcdefghjkmnpqrs/a" })
        {
            foreach (var method in new[] { "GET", "POST", "OPTIONS" })
            {
                var status = await Curl.StatusAsync("-X", method, "-H", "Host: xn--zzzzzzzzzzzzzzzzz99", server.Url(path));
                Assert.InRange(status, 200, 499);
            }
        }

        Assert.DoesNotContain("ArgumentException", server.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:4000")]
    [InlineData("beam.localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3:80")]
    [InlineData("[::1]:4000")]
    public async Task NameOfThisMachine_IsAnswered(string host)
    {
        await using var server = await ServerProcess.StartBeamServerAsync();

        Assert.Equal(201, await Curl.StatusAsync("-X", "POST", "-H", $"Host: {host}", server.Url("/token")));
        var status = await Curl.StatusAsync("--http1.0", "-X", "POST", "-H", "Host:", "-H", "Content-Length: 0", server.Url("/token"));
        Assert.Equal(201, status);
    }

    [Theory]
    [InlineData("Beam__AccessKey=a-key", 401)]
    [InlineData("Beam__AllowAnonymous=true", 201)]
    [InlineData("Beam__KnownProxies=127.0.0.1", 201)]
    [InlineData("Beam__PublicBaseUrl=https://files.example/beam", 201)]
    [InlineData("AllowedHosts=files.example;localhost", 201)]
    [InlineData("AllowedHosts=*", 201)]
    public async Task OtherName_IsAnswered_WhereTheSettingsSaySo(string setting, int status)
    {
        await using var server = await ServerProcess.StartBeamServerAsync(setting);

        Assert.Equal(status, await Curl.StatusAsync("-X", "POST", "-H", "Host: files.example", server.Url("/token")));
    }

    [Fact]
    public async Task AllowedHosts_AreThoseOfAspNetCore()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("AllowedHosts=files.example;localhost");

        Assert.Equal(400, await Curl.StatusAsync("-X", "POST", "-H", "Host: other.example", server.Url("/token")));
    }
}
