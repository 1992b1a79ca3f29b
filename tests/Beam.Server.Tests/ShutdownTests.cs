using Beam.Server.Tests.Support;

namespace Beam.Server.Tests;

public sealed class ShutdownTests
{
    private const int Sigterm = 15;
    private const int Transfers = 50;

    [Fact]
    public async Task RunningTransfer_Ends_WhenServerIsToldToStop()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__DrainTimeout=00:01:00");
        var token = await server.MintAsync();
        var url = server.Url($"/{token}/file");
        await using var sender = Curl.Start(["-T", "-", url], new ClientProcessOptions { KeepInputOpen = true });
        await using var receiver = Curl.Start("-N", url);
        await WriteAsync(sender, "before ");
        await receiver.WaitForOutputAsync("before ");

        server.Process.Signal(Sigterm);
        await Eventually.TrueAsync(
            async () => await Curl.StatusAsync(server.Url("/-/health")) == 503,
            "the server is unhealthy while it drains");
        var mint = await Curl.AnswerAsync("-X", "POST", server.Url("/token"));
        var send = await Curl.AnswerAsync("-T", Path.Combine(Repository.Root, "LICENSE"), server.Url($"/{token}/other"));
        await WriteAsync(sender, "and after");
        sender.StandardInput.Close();

        Assert.True(await receiver.WaitAsync() == 0, receiver.Describe());
        Assert.Equal("before and after", receiver.OutputText);
        Assert.True(await sender.WaitAsync() == 0, sender.Describe());
        Assert.StartsWith("confirmed: 16 bytes", sender.OutputText, StringComparison.Ordinal);
        Assert.Equal(0, await server.Process.WaitAsync());
        Assert.All([mint, send], static answer =>
        {
            Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
            Assert.Contains("\nRetry-After: 5\n", answer, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task RunningTransfer_IsCutAtBothEnds_WhenTheTimeIsUp()
    {
        await using var server = await ServerProcess.StartBeamServerAsync("Beam__DrainTimeout=00:00:01");
        using var folder = new TempFolder();
        var file = folder.Write("file", TestBytes.Create(seed: 5, 50_000_000));
        var token = await server.MintAsync();
        await using var sender = Curl.Start("--limit-rate", "200k", "-T", file, server.Url($"/{token}/"));
        await using var receiver = Curl.Start("-N", server.Url($"/{token}/file"));
        await receiver.WaitForOutputAsync(1);

        server.Process.Signal(Sigterm);

        Assert.True(await receiver.WaitAsync() is 18 or 56, receiver.Describe());
        Assert.True(await sender.WaitAsync() == 22, sender.Describe());
        Assert.Contains("503", sender.ErrorText, StringComparison.Ordinal);
        Assert.True(await server.Process.WaitAsync() == 0, server.Process.Describe());
    }

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    public async Task HalfOfFiftyTransfers_EndAndTheOthersAreCutAtBothEnds_WhenServerIsToldToStop()
    {
        var drain = TimeSpan.FromSeconds(15);
        await using var server = await ServerProcess.StartBeamServerAsync($"Beam__DrainTimeout={drain}");
        var transfers = await Task.WhenAll(Enumerable.Range(0, Transfers).Select(_ => HeldTransfer.StartAsync(server)));
        var started = TimeProvider.System.GetTimestamp();

        server.Process.Signal(Sigterm);
        await Eventually.TrueAsync(async () => await Curl.StatusAsync(server.Url("/-/health")) == 503, "the server drains");
        var refused = await Curl.StatusAsync("-X", "POST", server.Url("/token"));
        await Task.WhenAll(transfers.Where(static (_, i) => i % 2 == 0).Select(static transfer => transfer.AssertEndsWellAsync()));
        await Task.WhenAll(transfers.Where(static (_, i) => i % 2 == 1).Select(static transfer => transfer.AssertIsCutAsync()));

        Assert.Equal(503, refused);
        Assert.True(await server.Process.WaitAsync() == 0, server.Process.Describe());
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), drain, drain + TimeSpan.FromSeconds(30));
        foreach (var transfer in transfers)
        {
            await transfer.DisposeAsync();
        }
    }

    [Fact]
    public async Task WaitingSender_IsTold_WhenServerIsToldToStop()
    {
        await using var server = await ServerProcess.StartBeamServerAsync();
        var token = await server.MintAsync();
        await using var sender = Curl.Start("-T", Path.Combine(Repository.Root, "LICENSE"), server.Url($"/{token}/"));
        await Eventually.TrueAsync(
            async () =>
            {
                var answer = await Curl.AnswerAsync("-H", "Accept: application/json", server.Url("/"));
                return answer.Contains("\"activeTransfers\":1", StringComparison.Ordinal);
            },
            "the sender waits");

        server.Process.Signal(Sigterm);

        Assert.True(await sender.WaitAsync() == 22, sender.Describe());
        Assert.Contains("503", sender.ErrorText, StringComparison.Ordinal);
        Assert.Equal(0, await server.Process.WaitAsync());
    }

    private static async Task WriteAsync(ClientProcess sender, string text)
    {
        await sender.StandardInput.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
        await sender.StandardInput.FlushAsync();
    }
}
