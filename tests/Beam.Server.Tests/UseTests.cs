namespace Beam.Server.Tests;

public sealed class UseTests
{
    private const int Size = 5_000_000;

    [Fact]
    public async Task Wget_ReceivesTheFile()
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("wget"), "wget is not installed.");
        await using var server = await ServerProcess.StartBeamServerAsync();
        using var folder = new TempFolder();
        var file = folder.Write("file.bin", TestBytes.Create(seed: 2, Size));
        var token = await server.MintAsync();

        await using var sender = Curl.Start("-T", file, server.Url($"/{token}/"));
        await using var receiver = ClientProcess.Start(
            "wget", "-q", "--tries=1", "-O", folder["copy.bin"], server.Url($"/{token}/file.bin"));

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith($"confirmed: {Size} bytes to 1 receiver", sender.OutputText, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(folder["copy.bin"]));
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_Fails_WhenReceiverIsKilled()
    {
        await using var server = await ServerProcess.StartBeamServerAsync();
        using var folder = new TempFolder();
        var file = folder.Write("file.bin", TestBytes.Create(seed: 3, Size));
        var token = await server.MintAsync();

        await using var sender = Curl.Start("-T", file, server.Url($"/{token}/"));
        await using var receiver = Curl.Start("--limit-rate", "100k", server.Url($"/{token}/file.bin"));
        await receiver.WaitForOutputAsync(1);
        receiver.Kill();

        Assert.True(await sender.WaitAsync() == 22, sender.Describe());
        Assert.Contains("502", sender.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Receiver_Fails_WhenSenderIsKilled()
    {
        await using var server = await ServerProcess.StartBeamServerAsync();
        using var folder = new TempFolder();
        var file = folder.Write("file.bin", TestBytes.Create(seed: 4, Size));
        var token = await server.MintAsync();

        await using var sender = Curl.Start("--limit-rate", "100k", "-T", file, server.Url($"/{token}/"));
        await using var receiver = Curl.Start(server.Url($"/{token}/file.bin"));
        await receiver.WaitForOutputAsync(1);
        sender.Kill();

        Assert.True(await receiver.WaitAsync() is 18 or 56, receiver.Describe());
    }

    [Fact]
    [Trait("Rule", "P26")]
    public async Task Root_IsPageForBrowserAndCommandsForCurl()
    {
        await using var server = await ServerProcess.StartBeamServerAsync();

        var page = await Curl.AnswerAsync("-H", "Accept: text/html,application/xhtml+xml,*/*;q=0.8", server.Url("/"));
        var text = await Curl.AnswerAsync(server.Url("/"));

        Assert.Contains("\nContent-Type: text/html; charset=utf-8\n", page, StringComparison.Ordinal);
        Assert.Contains("<!doctype html>", page, StringComparison.Ordinal);
        Assert.Contains("\nContent-Type: text/plain; charset=utf-8\n", text, StringComparison.Ordinal);
        Assert.Contains($"curl --fail -sX POST '{server.Url("/token")}'", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_IsGood_WhileRunning()
    {
        await using var server = await ServerProcess.StartBeamServerAsync();

        Assert.Equal(200, await Curl.StatusAsync(server.Url("/-/health")));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    [Trait("Rule", "P2")]
    public async Task Health_IsNoSuccess_ForWhoSendsAFileThere(string method)
    {
        await using var server = await ServerProcess.StartBeamServerAsync();

        Assert.Equal(404, await Curl.StatusAsync("-X", method, "--data-binary", "a file", server.Url("/-/health")));
    }

    [Fact]
    [Trait("Rule", "P7")]
    public async Task Log_NeverHoldsToken_WhateverIsConfigured()
    {
        await using var server = await ServerProcess.StartBeamServerAsync(
            "Logging__LogLevel__Default=Trace",
            "Logging__LogLevel__Microsoft=Trace",
            "Logging__Console__LogLevel__Default=Trace",
            "Logging__Console__LogLevel__Microsoft=Trace",
            "Logging__Console__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics=Trace",
            "Logging__Console__LogLevel__Microsoft.AspNetCore.Routing.Matching.DfaMatcher=Trace",
            "Logging__Console__LogLevel__Microsoft.AspNetCore.Server.Kestrel.BadRequests=Trace",
            "Logging__Console__FormatterOptions__IncludeScopes=true");
        var token = await server.MintAsync();
        var url = server.Url($"/{token}/file");

        await using var sender = Curl.Start("-T", Path.Combine(Repository.Root, "LICENSE"), url);
        await using var receiver = Curl.Start(url);
        Assert.Equal(0, await receiver.WaitAsync());
        Assert.Equal(0, await sender.WaitAsync());
        Assert.Equal(410, await Curl.StatusAsync(url));
        Assert.Equal(504, await Curl.StatusAsync(server.Url($"/{token}/other?wait=1")));
        Assert.Equal(404, await Curl.StatusAsync(server.Url($"/{token}/too/deep")));
        Assert.Equal(400, await Curl.StatusAsync("--path-as-is", "-H", "Host: a b", url));
        server.Process.Signal(15);
        Assert.Equal(0, await server.Process.WaitAsync());

        Assert.Contains("trce: ", server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(token, server.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Beam__KnownProxies=127.0.0.0/8, 10.1.2.3", "https")]
    [InlineData("Beam__KnownProxies__0=127.0.0.1", "https")]
    [InlineData("Beam__KnownProxies=10.0.0.0/8", "http")]
    [InlineData("Beam__AllowAnonymous=false", "http")]
    public async Task ForwardedScheme_IsTaken_FromKnownProxiesOnly(string setting, string scheme)
    {
        await using var server = await ServerProcess.StartBeamServerAsync(setting);

        var answer = await Curl.AnswerAsync(
            "-X", "POST", "-H", "X-Forwarded-Proto: https", "-H", "X-Forwarded-For: 203.0.113.9", server.Url("/token"));

        Assert.Contains($"\nLocation: {scheme}://{server.Address.Authority}/", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_UseThePublicAddress_WhenItIsSet()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__PublicBaseUrl=https://beam.example/files/");

        var answer = await Curl.AnswerAsync("-X", "POST", server.Url("/token"));

        Assert.Contains("\nLocation: https://beam.example/files/", answer, StringComparison.Ordinal);
        Assert.Contains("\"https://beam.example/files/$TOKEN/\"", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task Sender_HearsSent_WhenReceiverUsesHttp2WithoutTls()
    {
        await using var server = await ServerProcess.StartAsync(
            [BuildOutput.ProgramOf(ServerProcess.BeamServer)],
            ["Kestrel__Endpoints__http2__Url=http://127.0.0.1:0", "Kestrel__Endpoints__http2__Protocols=Http2"]);
        var url = server.Url($"/{await server.MintAsync("--http2-prior-knowledge")}/LICENSE");

        await using var sender = Curl.Start("--http2-prior-knowledge", "-T", Path.Combine(Repository.Root, "LICENSE"), url);
        await using var receiver = Curl.Start("--http2-prior-knowledge", url);

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith("sent: 1074 bytes", sender.OutputText, StringComparison.Ordinal);
    }
}
