using System.Globalization;
using Beam.Server.Tests.Support;

namespace Beam.Server.Tests;

/// <summary>
/// More connections than the server has file descriptors for: it turns the surplus away, running transfers go on, and it recovers.
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

    private static async Task<bool> IsServedAsync(ServerProcess server)
    {
        await using var curl = Curl.Start("-X", "POST", server.Url("/token"));
        return await curl.WaitAsync() == 0;
    }

    private static int CountDescriptors(ServerProcess server)
        => Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{server.Process.Id}/fd")).Length;
}
