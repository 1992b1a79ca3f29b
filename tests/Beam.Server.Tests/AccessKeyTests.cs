namespace Beam.Server.Tests;

public sealed class AccessKeyTests
{
    private const string Key = "a-key-for-this-test";

    [Theory]
    [InlineData("-H", "Authorization: Bearer " + Key)]
    [InlineData("-H", "Authorization: bearer " + Key)]
    [InlineData("-u", ":" + Key)]
    [InlineData("-u", "anybody:" + Key)]
    public async Task Mint_Succeeds_WithKey(params string[] credentials)
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__AccessKey=" + Key);

        Assert.Equal(26, (await server.MintAsync(credentials)).Length);
    }

    [Theory]
    [InlineData]
    [InlineData("-u", ":wrong")]
    [InlineData("-u", Key + ":")]
    [InlineData("-H", "Authorization: Bearer")]
    [InlineData("-H", "Authorization: Bearer wrong")]
    [InlineData("-H", "Authorization: Basic ?")]
    [InlineData("-H", "Authorization: " + Key)]
    public async Task Mint_IsRefusedInOneLine_WithoutKey(params string[] credentials)
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__AccessKey=" + Key);

        var answer = await Curl.AnswerAsync(["-X", "POST", server.Url("/token"), .. credentials]);

        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Contains("\nWWW-Authenticate: Bearer realm=\"Beam\"\n", answer, StringComparison.Ordinal);
        Assert.Contains("\nWWW-Authenticate: Basic realm=\"Beam\", charset=\"UTF-8\"\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\n\nThis needs the access key: Authorization: Bearer KEY, or curl -u :KEY.\n", answer, StringComparison.Ordinal);
    }

    /// <summary>Strangers cause such entries at will.</summary>
    [Fact]
    public async Task Log_HasNoEntry_ForRequestsWithoutTheKey()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__AccessKey=" + Key);
        foreach (var credentials in new[] { [], new[] { "-u", ":wrong" } })
        {
            Assert.Equal(401, await Curl.StatusAsync(["-X", "POST", server.Url("/token"), .. credentials]));
        }

        // An entry that comes later, so that those before it would have been written.
        var url = server.Url($"/{await server.MintAsync("-u", ":" + Key)}/a");
        await using var receiver = Curl.Start(url);
        Assert.Equal(200, await Curl.StatusAsync("-X", "PUT", "--data-binary", "a file", url));
        await server.Process.WaitForOutputAsync("[1000]");

        Assert.DoesNotContain("AccessKeyHandler", server.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", 401, 201)]
    [InlineData("false", 201, 201)]
    [Trait("Rule", "P9")]
    public async Task Link_NeedsTheKey_UnlessTheTokenIsToBeEnough(string covers, int without, int with)
    {
        await using var server = await ServerProcess.StartBeamServerAsync(
            "Beam__AccessKey=" + Key, "Beam__MintPolicyCoversLinks=" + covers);
        var url = server.Url($"/{await server.MintAsync("-u", ":" + Key)}/-/token?rights=receive");

        Assert.Equal(without, await Curl.StatusAsync("-X", "POST", url));
        Assert.Equal(with, await Curl.StatusAsync("-X", "POST", "-u", ":" + Key, url));
        Assert.Equal(401, await Curl.StatusAsync("-X", "POST", server.Url("/token")));
        Assert.Equal(401, await Curl.StatusAsync("-X", "PUT", "--data-binary", "a file", server.Url("/name")));
    }

    [Fact]
    [Trait("Rule", "P15")]
    public async Task Mint_IsRefusedBeforeTheBody_WhenClientWaitsToBeAsked()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__AccessKey=" + Key);
        using var folder = new TempFolder();
        var file = folder.Write("large", TestBytes.Create(seed: 1, 20_000_000));

        await using var curl = ClientProcess.Start(
            "curl", "-sS", "--expect100-timeout", "30", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}",
            "-X", "POST", "-T", file, server.Url("/token"));

        Assert.Equal(0, await curl.WaitAsync());
        Assert.Equal("401 0", curl.OutputText);
    }

    [Theory]
    [InlineData("Beam__AccessKey=" + Key, 401)]
    [InlineData("Beam__MintsPerMinute=1", 429)]
    [Trait("Rule", "P15")]
    public async Task OneShot_IsRefusedAudibly_WhenALargeBodyComesAnyway(string setting, int status)
    {
        const int Size = 40_000_000;
        await using var server = await ServerProcess.StartBeamServerAsync(setting);
        if (status == 429)
        {
            await server.MintAsync();
        }

        using var client = await RawHttpClient.ConnectAsync(server.Address.Port);
        await client.SendAsync($"PUT /large HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Size}\r\n\r\n");
        await client.SendAsync(new byte[Size]);

        Assert.Equal(status, (await client.ReadHeadAsync()).Status);
    }

    [Fact]
    [Trait("Rule", "P14")]
    public async Task OneShot_NeedsTheKey_AndItsReceiverTheAddressOnly()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__AccessKey=" + Key);
        using var folder = new TempFolder();
        var file = folder.Write("large", TestBytes.Create(seed: 1, 3_000_000));
        await using var refused = ClientProcess.Start(
            "curl", "-sS", "--expect100-timeout", "30", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}",
            "-T", file, server.Url("/"));
        Assert.Equal(0, await refused.WaitAsync());
        Assert.Equal("401 0", refused.OutputText);

        await using var sender = Curl.Start("-N", "-u", ":" + Key, "-T", file, server.Url("/"));
        await sender.WaitForOutputAsync("\n");
        await using var receiver = Curl.Start(sender.OutputText.Split('\n')[0]);

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.Equal(TestBytes.Create(seed: 1, 3_000_000), receiver.Output);
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
    }

    [Fact]
    public async Task SendAndReceive_NeedTheTokenOnly()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__AccessKey=" + Key);
        var token = await server.MintAsync("-u", ":" + Key);

        await using var sender = ClientProcess.Start(
            "curl", ["-sS", "--fail", "-T", "-", server.Url($"/{token}/note")], "hello"u8.ToArray());
        await using var receiver = Curl.Start(server.Url($"/{token}/note"));

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.Equal("hello", receiver.OutputText);
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Overview_ListsTokens_ForHolderOfKeyOnly()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__AccessKey=" + Key);
        var token = await server.MintAsync("-u", ":" + Key);

        var forAll = await Curl.AnswerAsync("-H", "Accept: application/json", server.Url("/"));
        var forHolder = await Curl.AnswerAsync("-H", "Accept: application/json", "-u", ":" + Key, server.Url("/"));

        Assert.Contains("\"tokens\":null", forAll, StringComparison.Ordinal);
        Assert.Contains("\"tokens\":[{\"id\":", forHolder, StringComparison.Ordinal);
        Assert.DoesNotContain(token, forHolder, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, server.Log, StringComparison.Ordinal);
        Assert.Contains($"curl --fail -u :KEY -sX POST {server.Url("/token")}", server.Log, StringComparison.Ordinal);
    }
}
