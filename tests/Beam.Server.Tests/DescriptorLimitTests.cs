using System.Globalization;
using Beam.Server.Tests.Support;

namespace Beam.Server.Tests;

/// <summary>
/// More connections, or more files, than the server has descriptors for: it turns the surplus away, running transfers go on, and it
/// recovers.
/// </summary>
[Trait("Rule", "P3")]
public sealed class DescriptorLimitTests
{
    private const int Transfers = 5;
    private const int Descriptors = 400;

    [Fact]
    public async Task RunningTransfers_EndAndOthersAreServedAgain_WhenTooManyHadConnected()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && ClientProcess.IsAvailable("prlimit"), "prlimit is not installed.");
        await using var server = await ServerProcess.StartBeamServerAsync(Descriptors);
        var running = await Task.WhenAll(Enumerable.Range(0, Transfers).Select(_ => HeldTransfer.StartAsync(server)));

        var idle = await Task.WhenAll(Enumerable.Range(0, Descriptors).Select(_ => RawHttpClient.ConnectAsync(server.Address.Port)));

        // The last one that came is turned away, and with it the descriptors are counted.
        await idle[^1].ReadToEndAsync();
        Assert.InRange(CountDescriptors(server), 0, Descriptors - 1);
        await Task.WhenAll(running.Select(static transfer => transfer.AssertEndsWellAsync()));
        Array.ForEach(idle, static connection => connection.Dispose());
        await Eventually.TrueAsync(() => IsServedAsync(server), "the server takes connections again");
        await using var next = await HeldTransfer.StartAsync(server);
        await next.AssertEndsWellAsync();
        server.Process.Signal(15);
        Assert.True(await server.Process.WaitAsync() == 0, server.Process.Describe());
        foreach (var transfer in running)
        {
            await transfer.DisposeAsync();
        }
    }

    [Fact]
    [Trait("Rule", "P13")]
    public async Task MoreFilesThanDescriptors_AreAccepted_AndThereAtTheNextStart()
    {
        const int channels = 4;
        const int files = 100;
        Assert.SkipUnless(OperatingSystem.IsLinux() && ClientProcess.IsAvailable("prlimit"), "prlimit is not installed.");
        using var folder = new TempFolder();
        string[] settings = ["Beam__SpillDirectory=" + folder["spill"]];
        List<string> tokens = [];
        await using (var first = await ServerProcess.StartBeamServerAsync(Descriptors, settings))
        {
            using var sender = await RawHttpClient.ConnectAsync(first.Address.Port);
            for (var channel = 0; channel < channels; channel++)
            {
                tokens.Add(await first.MintAsync());
                for (var file = 0; file < files; file++)
                {
                    await sender.SendAsync(
                        $"PUT /{tokens[channel]}/{file} HTTP/1.1\r\nHost: localhost\r\nPrefer: respond-async\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n");
                    await sender.SendChunkAsync("x"u8.ToArray());
                    await sender.SendChunkAsync(default);
                    var head = await sender.ReadHeadAsync();
                    Assert.Equal(202, head.Status);
                    await sender.ReadBodyAsync(head);
                }
            }

            Assert.InRange(CountDescriptors(first), 0, Descriptors - files);
            first.Process.Signal(15);
            Assert.True(await first.Process.WaitAsync() == 0, first.Process.Describe());
        }

        await using var second = await ServerProcess.StartBeamServerAsync(Descriptors, settings);
        Assert.InRange(CountDescriptors(second), 0, Descriptors - files);
        Assert.Equal(channels * files, folder.Files().Count(static name => name.EndsWith(".beamheld", StringComparison.Ordinal)));
        await using var receiver = Curl.Start(second.Url($"/{tokens[1]}/42?download"));
        Assert.Equal("x", await receiver.OutputOfSuccessAsync());
    }

    private static async Task<bool> IsServedAsync(ServerProcess server)
    {
        await using var curl = Curl.Start("-X", "POST", server.Url("/token"));
        return await curl.WaitAsync() == 0;
    }

    private static int CountDescriptors(ServerProcess server)
        => Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{server.Process.Id}/fd")).Length;
}
