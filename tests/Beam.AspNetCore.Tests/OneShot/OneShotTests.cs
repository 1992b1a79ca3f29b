using System.Net;
using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.OneShot;

/// <summary>One command that mints a token and sends.</summary>
[Trait("Rule", "P14")]
public sealed class OneShotTests : HttpTests
{
    // Enough that curl asks first whether it may send ("Expect: 100-continue").
    private const int LargeBytes = 3_000_000;

    [Theory]
    [InlineData(Wire.Http1)]
    [InlineData(Wire.H2c)]
    [InlineData(Wire.TlsHttp1)]
    [InlineData(Wire.TlsHttp2)]
    public async Task Curl_PrintsTheAddressAtOnce_AndTheOutcomeAtTheEnd(Wire wire)
    {
        var server = await StartServerAsync();
        using var folder = NewFolder();
        await File.WriteAllBytesAsync(folder["photo.jpg"], TestBytes.Create(1, LargeBytes));
        var sender = Curl(wire, "--fail", "-T", folder["photo.jpg"], server.Url("", wire) + "/");

        var url = await AddressAsync(server, sender);
        Assert.Matches(@"/[0-9a-z]{26}/photo\.jpg\z", url);
        Assert.False(sender.HasExited);
        var receiver = Curl(wire, "--fail", url);

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(0, await sender.WaitAsync());
        Assert.Equal(TestBytes.Create(1, LargeBytes), receiver.Output);
        var lines = Lines(sender);
        Assert.All(lines[1..^1], static line => Assert.StartsWith("# ", line, StringComparison.Ordinal));
        Assert.Contains($"# curl --fail -OJ '{url}'", lines);
        Assert.Matches(@"\A(confirmed|sent): 3000000 bytes to 1 receiver in ", lines[^1]);
    }

    [Theory]
    [InlineData("--http1.0")]
    [InlineData("--http1.1")]
    public async Task Curl_SendsAPipe_UnderTheNameInTheAddress(string version)
    {
        var server = await StartServerAsync();

        // A body without a length does not exist in HTTP/1.0.
        string[] body = version == "--http1.0" ? ["--data-binary", "@-", "-X", "PUT"] : ["-T", "-"];
        var sender = Curl(
            new ClientProcessOptions { Input = new MemoryStream("some text"u8.ToArray()) },
            ["--fail", version, .. body, server.Url("notes.txt")]);

        var url = await AddressAsync(server, sender);
        Assert.Equal("some text", await server.Client.GetStringAsync(url));
        Assert.Equal(0, await sender.WaitAsync());
    }

    [Theory]
    [InlineData("", "form.bin")]
    [InlineData("other.bin", null)]
    public async Task Form_IsSent_UnderTheNameOfItsFile(string path, string? name)
    {
        var server = await StartServerAsync();
        using var folder = NewFolder();
        await File.WriteAllBytesAsync(folder["form.bin"], TestBytes.Create(2, LargeBytes));
        var sender = Curl("--fail", "-F", $"file=@{folder["form.bin"]}", "-X", name is null ? "PUT" : "POST", server.Url("") + "/" + path);

        var url = await AddressAsync(server, sender);
        Assert.EndsWith("/" + (name ?? path), url, StringComparison.Ordinal);
        Assert.Equal(TestBytes.Create(2, LargeBytes), await server.Client.GetByteArrayAsync(url));
        Assert.Equal(0, await sender.WaitAsync());
    }

    [Theory]
    [InlineData(Wire.Http1)]
    [InlineData(Wire.H2c)]
    [InlineData(Wire.TlsHttp1)]
    [InlineData(Wire.TlsHttp2)]
    [Trait("Rule", "P17")]
    public async Task Curl_Fails_AndSaysWhy_WhenNobodyComes(Wire wire)
    {
        var server = await StartServerAsync();
        using var folder = NewFolder();
        await File.WriteAllBytesAsync(folder["large"], TestBytes.Create(3, LargeBytes));

        var sender = Curl(wire, "-T", folder["large"], server.Url("large", wire) + "?wait=1");

        Assert.NotEqual(0, await sender.WaitAsync());
        server.Guard(await TokenAsync(sender));
        Assert.Equal("failed: No receiver came in time.", Lines(sender)[^1]);
    }

    [Fact]
    [Trait("Rule", "P17")]
    public async Task Curl_Fails_AndSaysWhy_OverHttp10()
    {
        var server = await StartServerAsync();

        var sender = Curl("--http1.0", "-X", "PUT", "--data-binary", "some text", server.Url("notes.txt") + "?wait=1");

        Assert.NotEqual(0, await sender.WaitAsync());
        server.Guard(await TokenAsync(sender));
        Assert.Equal("failed: No receiver came in time.", Lines(sender)[^1]);
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Receiver_SeesTheFailure_WhenTheSenderBreaksOff()
    {
        var server = await StartServerAsync(
            static setup => setup.Options = static options => options.ResumeTimeout = TimeSpan.FromMinutes(2));
        var sender = Curl(new ClientProcessOptions { Input = new PatternStream(1, long.MaxValue) }, "-T", "-", server.Url("endless"));
        var url = await AddressAsync(server, sender);
        var receiver = Curl("--fail", "--limit-rate", "1M", url);
        await receiver.WaitForOutputAsync(1);

        // Not an interrupt: a shell that runs the tests in the background may have it ignored.
        sender.Kill();

        Assert.Contains(await receiver.WaitAsync(), new[] { 18, 56 });
        using var late = await server.Client.GetAsync(url);
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task Address_AllowsToReceive_AndNothingElse()
    {
        var server = await StartServerAsync();
        var sender = Curl(
            new ClientProcessOptions { Input = new MemoryStream("some text"u8.ToArray()) }, "-T", "-", server.Url("notes.txt"));
        var url = await AddressAsync(server, sender);
        var channel = url[..url.LastIndexOf('/')];

        using var cancelled = await server.Client.DeleteAsync(url);
        using var sent = await server.Client.PutAsync(channel + "/other", new StringContent("more"));
        using var minted = await server.Client.PostAsync(channel + "/-/token?rights=receive", content: null);

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (cancelled.StatusCode, sent.StatusCode, minted.StatusCode));
        Assert.Equal("some text", await server.Client.GetStringAsync(url));
        Assert.Equal(0, await sender.WaitAsync());
    }

    [Fact]
    public async Task Answer_IsLinesOfJson_ToThoseWhoAcceptIt()
    {
        var server = await StartServerAsync();
        var sender = Curl(
            new ClientProcessOptions { Input = new MemoryStream("some text"u8.ToArray()) },
            "-H", "Accept: application/json", "-T", "-", server.Url("%C3%A4%20b"));
        await sender.WaitForOutputAsync("\n");
        using var first = JsonDocument.Parse(Lines(sender)[0]);
        server.Guard(first.RootElement.GetProperty("token").GetString()!);
        Assert.Equal(["url", "token", "name", "expiresAt"], first.RootElement.EnumerateObject().Select(static property => property.Name));
        Assert.Equal("ä b", first.RootElement.GetProperty("name").GetString());

        Assert.Equal("some text", await server.Client.GetStringAsync(first.RootElement.GetProperty("url").GetString()));

        Assert.Equal(0, await sender.WaitAsync());
        using var last = JsonDocument.Parse(Lines(sender)[^1]);
        Assert.Equal("confirmed", last.RootElement.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Answer_ShowsProgress_NowAndThen()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var sender = Curl("--data-binary", "some text", "-X", "PUT", server.Url("notes"));
        var url = await AddressAsync(server, sender);

        // The sweep, and what makes the answer go on.
        await clock.WaitForTimersAsync(2);
        await Eventually.TrueAsync(() => server.Relay.GetSnapshot().Transfers[0].BytesReceived == 9, "the relay has read the body");
        clock.Advance(TimeSpan.FromSeconds(5));
        await sender.WaitForOutputAsync("\n# waiting for receiver, 0 B of 9 B sent\n");

        var receiver = Curl(url);
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(0, await sender.WaitAsync());
        Assert.StartsWith("confirmed: 9 bytes", Lines(sender)[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token", "'token' and '-' cannot be names here; put another name at the end of the address.")]
    [InlineData("-", "'token' and '-' cannot be names here; put another name at the end of the address.")]
    [InlineData("", "The file needs a name: end the address with it, or with a slash so that curl -T FILE adds it.")]
    [InlineData("a%2Fb", "A name is 1 to 255 bytes of UTF-8 without control characters, '/' and '\\', and not '.' or '..'.")]
    [InlineData("a?wait=no", "wait is a whole number of seconds, at least 1.")]
    [InlineData("a?receivers=0", "receivers is a whole number, at least 1.")]
    [Trait("Rule", "P30")]
    public async Task Request_IsRefused_BeforeATokenIsMinted(string path, string reason)
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.PutAsync(path, new StringContent("never read"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(reason + "\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, server.Relay.Tokens.Count);
    }

    [Fact]
    public async Task LiveToken_IsNoName_AndTheAnswerSaysWhereTheNameGoes()
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.PutAsync(server.Mint(), new StringContent("never read"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("That is a token: put the name after it, as in /TOKEN/NAME.\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task File_IsRefusedWithAStatus_WhenItIsTooLarge()
    {
        var server = await StartServerAsync(static setup => setup.Options = static options => options.MaxTransferBytes = 5);

        using var answer = await server.Client.PutAsync("notes", new StringContent("more than five"));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(0, server.Relay.Tokens.Count);
    }

    [Fact]
    [Trait("Rule", "P18")]
    public async Task File_ReachesSeveralReceivers()
    {
        var server = await StartServerAsync();
        var sender = Curl(
            new ClientProcessOptions { Input = new MemoryStream("some text"u8.ToArray()) },
            "-T", "-", server.Url("notes") + "?receivers=2");
        var url = await AddressAsync(server, sender);

        var received = await Task.WhenAll(server.Client.GetStringAsync(url), server.Client.GetStringAsync(url));

        Assert.Equal(["some text", "some text"], received);
        Assert.Equal(0, await sender.WaitAsync());
        Assert.Contains(" bytes to 2 receivers in ", Lines(sender)[^1], StringComparison.Ordinal);
    }

    private static string[] Lines(ClientProcess sender) => sender.OutputText.TrimEnd('\n').Split('\n');

    private static async Task<string> TokenAsync(ClientProcess sender)
    {
        await sender.WaitForOutputAsync("\n");
        return new Uri(Lines(sender)[0]).Segments[^2].TrimEnd('/');
    }

    /// <summary>Waits for the first line, which no log may show the token of.</summary>
    private static async Task<string> AddressAsync(BeamServer server, ClientProcess sender)
    {
        server.Guard(await TokenAsync(sender));
        return Lines(sender)[0];
    }
}
