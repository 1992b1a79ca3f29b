namespace Beam.Conformance.Tests.Delivery;

/// <summary>A receiver that dies has not got the file, however much of it its system had.</summary>
[Trait("Rule", "P2")]
[Trait("Rule", "P17")]
public sealed class DyingReceiversTests : DeliveryTest
{
    private const int Interrupt = 2;
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Kill)]
    [InlineData(Terminate)]
    public async Task Sender_Hears502_WhenCurlIsStoppedMidway(int signal)
    {
        await using var upload = await UploadAsync(40_000_000);
        await using var curl = StartCurl("--limit-rate", "200K", Host.Http1Url + upload.Path);
        await curl.WaitForOutputAsync(1);

        curl.Signal(signal);

        await upload.AssertFailedAsync(502, "broke off");
        Assert.Equal(128 + signal, await curl.WaitAsync());
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Kill)]
    [InlineData(Terminate)]
    public async Task Sender_Hears502_WhenCurlIsStoppedAfterItsSystemHasAll(int signal)
    {
        await using var upload = await Upload.PrepareAsync(Host, 300_000);
        await using var curl = StartCurl(Host.Http1Url + upload.Path);
        await FreezeAndDeliverAsync(curl, upload);

        curl.Signal(signal);
        curl.Signal(Continue);

        await upload.AssertFailedAsync(502, "broke off");
        Assert.Equal(128 + signal, await curl.WaitAsync());
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task Sender_Hears502_WhenCurlIsKilledMidwayOverTls(string protocol)
    {
        await using var upload = await UploadAsync(40_000_000);
        await using var curl = ClientProcess.Start(
            "curl", "-sS", "-k", "-N", "--fail", protocol, "--limit-rate", "200K", Host.HttpsUrl + upload.Path);
        await curl.WaitForOutputAsync(1);

        curl.Kill();

        await upload.AssertFailedAsync(502, "broke off");
    }

    [Fact]
    public async Task Sender_Hears502_WhenCurlIsKilledOverTlsAfterItsSystemHasAll()
    {
        await using var upload = await Upload.PrepareAsync(Host, 300_000);
        await using var curl = ClientProcess.Start("curl", "-sS", "-k", "-N", "--fail", "--http1.1", Host.HttpsUrl + upload.Path);
        await FreezeAndDeliverAsync(curl, upload);

        curl.Kill();

        await upload.AssertFailedAsync(502, "broke off");
    }

    [Fact]
    public async Task Sender_Hears502_WhenARawClientLeavesWithUnreadBytes()
    {
        await using var upload = await UploadAsync(300_000);
        using var client = await AskAsync(upload);
        await WaitUntilHandedOverAsync();

        client.Dispose();

        await upload.AssertFailedAsync(502, "broke off");
    }

    /// <summary>
    /// Starts a curl that Ctrl+C ends, even where the tests run in the background of a shell, which has its children ignore it.
    /// </summary>
    private static ClientProcess StartCurl(params IEnumerable<string> arguments)
        => ClientProcess.Start("env", ["--default-signal=INT", "curl", "-sS", "-N", "--fail", .. arguments]);

    /// <summary>Stops a waiting program before its file comes, which then lies in its system's buffer.</summary>
    private async Task FreezeAndDeliverAsync(ClientProcess waiting, Upload upload)
    {
        await Eventually.TrueAsync(async () => (await Host.GetHoldingsAsync()).Transfers == 1, "the receiver waits");
        waiting.Signal(Stop);
        upload.Begin();
        await WaitUntilHandedOverAsync();
    }
}
