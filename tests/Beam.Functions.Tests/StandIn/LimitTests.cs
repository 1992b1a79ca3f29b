using Beam.Functions.Tests.Support;

namespace Beam.Functions.Tests.StandIn;

/// <summary>The limits of the Functions host, and that Beam's own answers come before them where they can.</summary>
public sealed class LimitTests(PublishedSample sample) : FunctionsTests(sample)
{
    private const int Mebibyte = 1024 * 1024;

    [Fact]
    public async Task Upload_IsRefusedByTheHost_WhenItsLengthIsAboveTheBodyLimit()
    {
        var host = await StartAsync(static settings =>
        {
            settings.AppSettings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = $"{Mebibyte}";
            settings.TurnResumingOff();
        });
        var url = $"{host.Url}/{await MintAsync(host)}/large";
        var file = Folder.Write("large", TestBytes.Create(seed: 1, 2 * Mebibyte));

        var (status, _) = await AnswerAsync("-T", file, url);

        // The host passes on the head before it looks at the length, so that Beam has seen a sender that broke off.
        var (late, reason) = await AnswerAsync(url + "?wait=1");

        // It may also try once more, and then meets the sender that it has broken off itself.
        Assert.Contains(status, (int[])[413, 409]);
        Assert.Equal(410, late);
        Assert.Equal("The transfer is over. The sender broke off before the end.\n", reason);
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task Receiver_SeesABrokenDownload_WhenAPipeRunsIntoTheBodyLimit()
    {
        var host = await StartAsync(static settings =>
        {
            settings.AppSettings["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = $"{Mebibyte}";
            settings.TurnResumingOff();
        });
        var url = $"{host.Url}/{await MintAsync(host)}/pipe";
        var receiver = Curl("--fail", url);
        var sender = Curl(new ClientProcessOptions { Input = new PatternStream(seed: 1, 4 * Mebibyte) }, "--fail", "-T", "-", url);

        Assert.True(await receiver.WaitAsync() is 18 or 56, receiver.Describe());
        Assert.True(await sender.WaitAsync() != 0, sender.Describe());
        Assert.Equal(-1, TestBytes.FindMismatch(seed: 1, offset: 0, receiver.Output));
    }

    [Theory]
    [InlineData("Expect: 100-continue", 0)]
    [InlineData("Expect:", 20 * Mebibyte)]
    [Trait("Rule", "P15")]
    public async Task Refusal_ReachesTheSender_WhetherOrNotItWaitsToBeAsked(string expect, int uploaded)
    {
        var host = await StartAsync();
        var file = Folder.Write("file", TestBytes.Create(seed: 1, 20 * Mebibyte));

        var curl = Curl(
            "--expect100-timeout", "30", "-H", expect, "-T", file, "-w", "%{http_code} %{size_upload}",
            host.Url + "/aaaaaaaaaaaaaaaaaaaaaaaaaa/file");
        await curl.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal($"Unknown or expired token.\n404 {uploaded}", curl.OutputText);
    }

    [Theory]
    [InlineData("Expect: 100-continue")]
    [InlineData("Expect:")]
    public async Task Upload_WithoutAKey_IsRefusedByTheHost(string expect)
    {
        var host = await StartAsync();
        var file = Folder.Write("file", TestBytes.Create(seed: 1, Mebibyte));

        Assert.Equal(401, (await AnswerAsync("-X", "POST", "-H", expect, "-T", file, host.Url + "/token")).Status);
    }

    [Fact]
    [Trait("Rule", "P4")]
    [Trait("Rule", "P17")]
    public async Task WhoWaitsInVain_HearsItFromBeam_BeforeTheHostGivesUp()
    {
        var host = await StartAsync(static settings =>
        {
            settings.AppSettings["Beam__WaitTimeout"] = "00:00:02";
            settings.ActivityTimeout = TimeSpan.FromSeconds(20);
        });
        var url = $"{host.Url}/{await MintAsync(host)}";
        var sender = Curl(new ClientProcessOptions { Input = new MemoryStream(new byte[Mebibyte]) }, "-i", "-T", "-", url + "/a");
        var receiver = Curl("-i", url + "/b");
        await sender.WaitAsync();
        await receiver.WaitAsync();

        Assert.All([sender.OutputText, receiver.OutputText], static answer =>
        {
            Assert.Contains("HTTP/1.1 504 ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: 5\r\n", answer, StringComparison.Ordinal);
        });
        Assert.EndsWith("No receiver came in time.\n", sender.OutputText, StringComparison.Ordinal);
        Assert.EndsWith("No sender came in time.\n", receiver.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoWaitsLongerThanTheHostDoes_GetsItsEmptyAnswer()
    {
        var host = await StartAsync(static settings => settings.ActivityTimeout = TimeSpan.FromSeconds(2));
        var url = $"{host.Url}/{await MintAsync(host)}";
        var sender = AnswerAsync("-T", Folder.Write("file", new byte[Mebibyte]), url + "/a");
        var receiver = AnswerAsync(url + "/b");

        Assert.Equal((504, ""), await sender);
        Assert.Equal((504, ""), await receiver);
    }

    [Fact]
    public async Task LivePipe_IsCutByTheHost_WhenItIsSlowerThanTheHostAllows()
    {
        var host = await StartAsync(static settings => settings.TurnResumingOff());
        var url = $"{host.Url}/{await MintAsync(host)}/live";
        var receiver = Curl("--fail", url);
        var sender = Curl(new ClientProcessOptions { KeepInputOpen = true }, "--fail", "-T", "-", url);
        await sender.StandardInput.WriteAsync("one line\n"u8.ToArray());
        await sender.StandardInput.FlushAsync();

        // 240 bytes a second, after 5 seconds.
        Assert.True(await receiver.WaitAsync() is 18 or 22 or 56, receiver.Describe());
    }

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    public async Task TransferThatTakesTooLong_IsCutAlone_BeforeTheHostEndsTheProgram()
    {
        var host = await StartAsync(static settings => settings.TurnResumingOff(), WithFunctionTimeout("00:00:20"));
        var token = await MintAsync(host);
        var receiver = Curl("--fail", $"{host.Url}/{token}/slow");
        var sender = Curl(
            new ClientProcessOptions { Input = new PatternStream(seed: 1, 90 * Mebibyte) },
            "--fail", "--limit-rate", "1M", "-T", "-", $"{host.Url}/{token}/slow");

        Assert.True(await receiver.WaitAsync() is 18 or 56, receiver.Describe());
        Assert.True(await sender.WaitAsync() != 0, sender.Describe());
        Assert.Equal(1, host.Starts);

        // Tokens are in the program's memory: that this one still counts shows that it is the same program.
        Assert.Equal(504, (await AnswerAsync($"{host.Url}/{token}/other?wait=1")).Status);
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task WhoWaitsLongerThanARequestMayTake_HearsItFromBeam()
    {
        var host = await StartAsync(folder: WithFunctionTimeout("00:00:20"));
        var url = $"{host.Url}/{await MintAsync(host)}";
        var sender = AnswerAsync("-T", Folder.Write("file", new byte[1024]), url + "/a");
        var receiver = AnswerAsync(url + "/b");

        Assert.Equal((504, "The time that the host gives a request is over; come back for the rest.\n"), await sender);
        Assert.Equal((504, "The time that the host gives a request is over; come back for the rest.\n"), await receiver);
        Assert.Equal(1, host.Starts);
    }

    private string WithFunctionTimeout(string timeout)
    {
        var folder = Sample.CopyTo(Folder);
        var path = Path.Combine(folder, "host.json");
        var timed = $"\"version\": \"2.0\", \"functionTimeout\": \"{timeout}\",";
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"version\": \"2.0\",", timed, StringComparison.Ordinal));
        return folder;
    }
}
