namespace Beam.Samples.Tests.Existing;

public sealed class ExistingAppTests : IDisposable
{
    private const int MoreThanKestrelTakes = 31_000_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Mint_IsForSignedInUsersOnly()
    {
        await using var app = await StartAsync();

        Assert.Equal(401, await Curl.StatusAsync("-X", "POST", app.Url("/beam/token")));
        Assert.Equal(401, await Curl.StatusAsync("-d", "user=ada", "-d", "password=wrong", app.Url("/login")));
        Assert.Equal(26, (await MintAsync(app)).Length);
    }

    /// <summary>Another site must not sign its visitors in here, as whomever it likes.</summary>
    [Theory]
    [InlineData(403, "Sec-Fetch-Site: cross-site")]
    [InlineData(403, "Sec-Fetch-Site: same-site")]
    [InlineData(403, "Origin: https://evil.example")]
    [InlineData(403, "Origin: null")]
    [InlineData(204, "Sec-Fetch-Site: same-origin")]
    [InlineData(204, "Sec-Fetch-Site: none")]
    public async Task Login_IsForThisSitesForms(int expected, string header)
    {
        await using var app = await StartAsync();

        var answer = await Curl.AnswerAsync("-d", "user=ada", "-d", "password=lovelace", "-H", header, app.Url("/login"));

        Assert.StartsWith($"HTTP/1.1 {expected} ", answer, StringComparison.Ordinal);
        Assert.Equal(expected == 204, answer.Contains("Set-Cookie:", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Cookie_IsForThisSiteAlone_NotForScripts_AndNeverForPlainHttp()
    {
        await using var app = await StartAsync();

        var answer = await Curl.AnswerAsync("-d", "user=ada", "-d", "password=lovelace", app.Url("/login"));

        var cookie = answer.Split('\n').Single(static line => line.StartsWith("Set-Cookie:", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Passwords_CannotBeTriedWithoutEnd()
    {
        await using var app = await StartAsync();
        var statuses = new List<int>();
        for (var i = 0; i < 11; i++)
        {
            statuses.Add(await Curl.StatusAsync("-d", "user=ada", "-d", $"password={i}", app.Url("/login")));
        }

        Assert.Equal(429, statuses[^1]);
        Assert.All(statuses.SkipLast(1), static status => Assert.Equal(401, status));
    }

    [Fact]
    public async Task Log_HoldsNoToken_AtDebug()
    {
        await using var app = await StartAsync("Logging__LogLevel__Default=Trace", "Logging__LogLevel__Microsoft=Trace");
        var token = await MintAsync(app);
        Assert.Equal(504, await Curl.StatusAsync(app.Url($"/beam/{token}/file?wait=1")));
        Assert.Equal(404, await Curl.StatusAsync(app.Url($"/beam/{token}/too/deep")));

        Assert.Contains("dbug: ", app.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(token, app.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeBody_PassesThroughBeam_AndIsRefusedElsewhere()
    {
        await using var app = await StartAsync();
        var file = _folder.Write("large", TestBytes.Create(seed: 6, MoreThanKestrelTakes));
        var url = app.Url($"/beam/{await MintAsync(app)}/large");

        await using var sender = Curl.Start("-T", file, url);
        await using var receiver = Curl.Start("-o", _folder["copy"], url);

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(_folder["copy"]));
        Assert.Equal(413, await Curl.StatusAsync("-H", "Content-Type: application/json", "--data-binary", "@" + file, app.Url("/notes")));
    }

    [Fact]
    public async Task Link_ServesWgetAndABrowser()
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("wget"), "wget is not installed.");
        await using var app = await StartAsync();
        var file = _folder.Write("a.txt", "some text"u8);
        var url = app.Url($"/beam/{await MintAsync(app)}/a.txt");
        await using var sender = Curl.Start("-T", file, url);

        var page = await Curl.AnswerAsync("-H", "Accept: text/html,application/xhtml+xml,*/*;q=0.8", "-H", "Sec-Fetch-Dest: document", url);
        await using var receiver = ClientProcess.Start("wget", "-nv", "-O", _folder["copy"], url);

        Assert.Contains("href=\"?download\"", page, StringComparison.Ordinal);
        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.Equal("some text", await File.ReadAllTextAsync(_folder["copy"]));
    }

    [Fact]
    public async Task RateLimiter_StillHoldsForTheAppAlone()
    {
        await using var app = await StartAsync();
        var statuses = new List<int>();
        for (var i = 0; i < 6; i++)
        {
            statuses.Add(await Curl.StatusAsync(app.Url("/notes")));
        }

        Assert.Equal([200, 200, 200, 200, 200, 429], statuses);
        Assert.Equal(200, await Curl.StatusAsync(app.Url("/beam/")));
    }

    [Fact]
    public async Task OpenApiDocument_StillDescribesTheApp()
    {
        await using var app = await StartAsync();

        var document = await Curl.AnswerAsync(app.Url("/openapi/v1.json"));

        Assert.StartsWith("HTTP/1.1 200 ", document, StringComparison.Ordinal);
        Assert.Contains("\"/notes\"", document, StringComparison.Ordinal);
        Assert.DoesNotContain("{token}", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_SaysWhoSentWhat()
    {
        await using var app = await StartAsync();
        var url = app.Url($"/beam/{await MintAsync(app)}/a.txt");
        await using var sender = Curl.Start("-T", _folder.Write("a.txt", "some text"u8), url);
        await using var receiver = Curl.Start(url);
        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));

        await app.Process.WaitForOutputAsync("a.txt: Delivered; by ada from 127.0.0.1, 9 bytes, 1 receivers.");
    }

    [Fact]
    [Trait("Rule", "P7")]
    public async Task Log_DoesNotHoldToken()
    {
        await using var app = await StartAsync();
        var token = await MintAsync(app);

        Assert.Equal(504, await Curl.StatusAsync(app.Url($"/beam/{token}/file?wait=1")));
        app.Process.Signal(15);
        Assert.Equal(0, await app.Process.WaitAsync());

        Assert.Contains("NoSender", app.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(token, app.Log, StringComparison.Ordinal);
    }

    private static Task<ServerProcess> StartAsync(params IEnumerable<string> settings)
        => ServerProcess.StartAsync("samples/ExistingApp", ["Users__ada=lovelace", .. settings]);

    private async Task<string> MintAsync(ServerProcess app)
    {
        var jar = _folder["cookies"];
        Assert.Equal(204, await Curl.StatusAsync("-c", jar, "-d", "user=ada", "-d", "password=lovelace", app.Url("/login")));
        await using var mint = Curl.Start("-b", jar, "-X", "POST", app.Url("/beam/token"));
        Assert.True(await mint.WaitAsync() == 0, mint.Describe());
        return mint.OutputText.Trim();
    }
}
