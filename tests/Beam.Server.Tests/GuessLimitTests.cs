namespace Beam.Server.Tests;

/// <summary>How often one address may be wrong about the access key.</summary>
[Trait("Rule", "P26")]
public sealed class GuessLimitTests
{
    private const string Key = "a-key-for-this-test";

    [Theory]
    [InlineData("-X", "GET", "/?events")]
    [InlineData("-X", "GET", "/?overview")]
    [InlineData("-X", "GET", "/")]
    [InlineData("-X", "DELETE", "/-/transfers/x")]
    [InlineData("-X", "POST", "/token")]
    public async Task Guesses_AreLimited_WhereverTheAnswerTellsWhetherOneIsRight(string option, string method, string path)
    {
        await using var server = await StartAsync("Beam__WrongKeysPerMinute=2");
        await GuessAsync(server, "-H", "Accept: text/html", option, method, server.Url(path));
        await GuessAsync(server, "-H", "Accept: text/html", option, method, server.Url(path));

        var third = await Curl.AnswerAsync("-u", ":wrong", option, method, server.Url(path));

        Assert.StartsWith("HTTP/1.1 429 ", third, StringComparison.Ordinal);
        Assert.Contains("\nRetry-After: ", third, StringComparison.Ordinal);
        Assert.Contains("Too many wrong access keys have come from this address; try again in ", third, StringComparison.Ordinal);
    }

    /// <summary>Those who share an address with somebody who guesses wait their turn.</summary>
    [Fact]
    public async Task RightKey_IsSlowed_AndNotLockedOut_WhileOthersGuess()
    {
        await using var server = await StartAsync("Beam__WrongKeysPerMinute=1");
        Assert.Equal(401, await Curl.StatusAsync("-u", ":wrong", server.Url("/?overview")));

        var right = new List<Task<int>>();
        for (var i = 0; i < 3; i++)
        {
            right.Add(Curl.StatusAsync("-u", ":" + Key, server.Url("/?overview")));
            Assert.Equal(429, await Curl.StatusAsync("-u", ":wrong", server.Url("/?overview")));
        }

        Assert.All(await Task.WhenAll(right), static status => Assert.Equal(200, status));
    }

    /// <summary>What has no key uses up nothing of those who have it.</summary>
    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task RightKey_Mints_HoweverMuchIsAskedWithoutIt(string coversLinks)
    {
        await using var server = await StartAsync("Beam__MintsPerMinute=2", "Beam__MintPolicyCoversLinks=" + coversLinks);
        var link = server.Url($"/{await server.MintAsync("-u", ":" + Key)}/-/token?rights=send");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(401, await Curl.StatusAsync("-X", "POST", server.Url("/token")));
            Assert.Equal(coversLinks == "true" ? 401 : i < 2 ? 201 : 429, await Curl.StatusAsync("-X", "POST", link));
        }

        await server.MintAsync("-u", ":" + Key);
        Assert.Equal(429, await Curl.StatusAsync("-u", ":" + Key, "-X", "POST", server.Url("/token")));
    }

    [Fact]
    public async Task OtherAddresses_AndWhoNeedsNoKey_GoOn_WhileOneGuesses()
    {
        await using var server = await StartAsync("Beam__WrongKeysPerMinute=1");
        var token = await server.MintAsync("-u", ":" + Key);
        Assert.Equal(401, await Curl.StatusAsync("-u", ":wrong", server.Url("/?overview")));
        Assert.Equal(429, await Curl.StatusAsync("-u", ":wrong", server.Url("/?overview")));

        Assert.Equal(
            200,
            await Curl.StatusAsync(
                "--interface", "127.0.0.2", "-u", ":" + Key, "-H", "Accept: application/json", server.Url("/?overview")));
        Assert.Equal(26, (await server.MintAsync("--interface", "127.0.0.2", "-u", ":" + Key)).Length);
        Assert.Equal(200, await Curl.StatusAsync(server.Url("/")));
        Assert.Equal(200, await Curl.StatusAsync("-u", ":wrong", "-H", "Accept: application/json", server.Url("/" + token)));
    }

    [Fact]
    public async Task RightKey_TakesNoneOfTheGuesses()
    {
        await using var server = await StartAsync("Beam__WrongKeysPerMinute=1");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, await Curl.StatusAsync("-u", ":" + Key, server.Url("/?overview")));
        }
    }

    [Fact]
    public async Task Guesses_BehindAKnownProxy_CountForTheClient()
    {
        await using var server = await StartAsync("Beam__WrongKeysPerMinute=1", "Beam__KnownProxies=127.0.0.1");
        Assert.Equal(401, await StatusFromAsync("192.0.2.1", "wrong"));
        Assert.Equal(429, await StatusFromAsync("192.0.2.1", "wrong"));

        Assert.Equal(200, await StatusFromAsync("192.0.2.2", Key));

        Task<int> StatusFromAsync(string address, string key)
            => Curl.StatusAsync("-H", "X-Forwarded-For: " + address, "-u", ":" + key, server.Url("/?overview"));
    }

    private static Task<ServerProcess> StartAsync(params IEnumerable<string> settings)
        => ServerProcess.StartBeamServerAsync(["Beam__AccessKey=" + Key, .. settings]);

    private static async Task GuessAsync(ServerProcess server, params IEnumerable<string> arguments)
    {
        var status = await Curl.StatusAsync(["-u", ":wrong", .. arguments]);
        Assert.True(status is 200 or 401, $"{status}: {server.Log}");
    }
}
