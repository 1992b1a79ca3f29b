using Beam.Functions.Tests.Support;

namespace Beam.Functions.Tests.StandIn;

/// <summary>How the program and the Functions host come together.</summary>
public sealed class StartTests(PublishedSample sample) : FunctionsTests(sample)
{
    [Fact]
    public async Task Links_LeadToTheHost()
    {
        var host = await StartAsync();

        var (status, text) = await AnswerAsync(host.Url + "/");

        Assert.Equal(200, status);
        Assert.Contains($"'{host.Url}/token'", text, StringComparison.Ordinal);

        // Not what is refused here.
        Assert.DoesNotContain($"'{host.Url}/'", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_HaveTheRoutePrefix_WhenTheAppHasOne()
    {
        var folder = Sample.CopyTo(Folder);
        var hostJson = Path.Combine(folder, "host.json");
        var before = await File.ReadAllTextAsync(hostJson);
        await File.WriteAllTextAsync(
            hostJson, before.Replace("\"routePrefix\": \"\"", "\"routePrefix\": \"files/v1\"", StringComparison.Ordinal));
        var host = await StartAsync(folder: folder);
        var url = $"{host.Url}/files/v1/{await MintAsync(host, "/files/v1")}/note";

        var sender = Curl(new ClientProcessOptions { Input = new MemoryStream("with a prefix"u8.ToArray()) }, "--fail", "-T", "-", url);
        var (status, text) = await AnswerAsync(url);

        Assert.Equal((200, "with a prefix"), (status, text));
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Contains($"'{host.Url}/files/v1/token'", (await AnswerAsync(host.Url + "/files/v1/")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/Token/")]
    [InlineData("/%74oken")]
    public async Task Mint_NeedsTheKey(string path)
    {
        var host = await StartAsync();

        var without = await AnswerAsync("-X", "POST", host.Url + path);
        var withHeader = await AnswerAsync("-X", "POST", "-H", "x-functions-key: " + FunctionsStandIn.Key, host.Url + path);
        var withQuery = await AnswerAsync("-X", "POST", $"{host.Url}{path}?code={FunctionsStandIn.Key}");

        Assert.Equal((401, 201, 201), (without.Status, withHeader.Status, withQuery.Status));
    }

    [Theory]
    [InlineData("/-/token")]
    [InlineData("/-/Token/")]
    [InlineData("/%2D/%74oken")]
    public async Task Link_NeedsTheKey(string path)
    {
        var host = await StartAsync();
        var url = $"{host.Url}/{await MintAsync(host)}{path}?rights=receive";

        var without = await AnswerAsync("-X", "POST", url);
        var withHeader = await AnswerAsync("-X", "POST", "-H", "x-functions-key: " + FunctionsStandIn.Key, url);

        Assert.Equal((401, 201), (without.Status, withHeader.Status));
    }

    [Theory]
    [InlineData("PUT", "/photo.jpg")]
    [InlineData("POST", "/photo.jpg")]
    [InlineData("PUT", "/")]
    [InlineData("POST", "/")]
    public async Task NothingElse_MintsWithoutTheKey(string method, string path)
    {
        var host = await StartAsync();

        var (status, _) = await AnswerAsync("--max-time", "10", "-X", method, "--data-binary", "a file", host.Url + path);

        Assert.InRange(status, 400, 499);
    }

    [Fact]
    public async Task Program_IsAnOrdinaryServer_WithoutTheHost()
    {
        var program = Path.Combine(Sample.Folder, "FunctionsHost.dll");
        var server = Own(ClientProcess.Start(
            "dotnet",
            [program, "--urls", "http://127.0.0.1:0"],
            new ClientProcessOptions { Environment = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = null } }));
        await server.WaitForOutputAsync("Now listening on: http://127.0.0.1:");
        await server.WaitForOutputAsync("Application started");
        var url = server.OutputText.Split("Now listening on: ")[1].Split('\n')[0].Trim();

        var (status, text) = await AnswerAsync(url + "/");

        Assert.Equal(200, status);
        Assert.Contains($"'{url}/token'", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_SaysWhy_WhenThePortIsNone()
    {
        var program = Own(ClientProcess.Start(
            "dotnet",
            [Path.Combine(Sample.Folder, "FunctionsHost.dll")],
            new ClientProcessOptions { Environment = new Dictionary<string, string?> { ["FUNCTIONS_CUSTOMHANDLER_PORT"] = "70000" } }));

        Assert.NotEqual(0, await program.WaitAsync());
        Assert.Contains("FUNCTIONS_CUSTOMHANDLER_PORT is '70000', which is no port.", program.ErrorText, StringComparison.Ordinal);
    }
}
