namespace Beam.Conformance.Tests;

/// <summary>Clients that use something up must not hurt running transfers.</summary>
[Trait("Rule", "P3")]
public sealed class OverloadTests
{
    [Fact]
    public async Task RunningTransfer_GoesOn_WhenWaitingSendersHaveFilledTheMemory()
    {
        await using var host = await KestrelBeamHost.StartAsync(
            BeamHostSettings.Default,
            options =>
            {
                options.MemoryBudgetBytes = 1024 * 1024;
                options.WindowBytes = 256 * 1024;
                options.ReadAheadBytes = 256 * 1024;
            });
        using var pair = await RawPair.StartAsync(host, 2_000_000);
        var waiting = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => FillAsync(host)));
        await Eventually.TrueAsync(async () => (await host.GetHoldingsAsync()).MemoryBytes > 512 * 1024, "the budget is used");

        var sending = pair.SendRestAsync();
        var end = await pair.EndAsync(leavesWhenComplete: true);
        await sending;

        Assert.Equal((200, true, 2_000_000), end);
        Assert.InRange((await host.GetHoldingsAsync()).MemoryBytes, 0, 1024 * 1024);
        Array.ForEach(waiting, client => client.Reset());
        await Eventually.TrueAsync(async () => (await host.GetHoldingsAsync()).IsEmpty, "nothing is left", TimeSpan.FromSeconds(30));
        Assert.Empty(host.Complaints);
    }

    [Fact]
    public async Task Sender_Hears503_WhenAsManyTransfersRunAsMay()
    {
        await using var host = await KestrelBeamHost.StartAsync(BeamHostSettings.Default, options => options.MaxTransfers = 1);
        using var pair = await RawPair.StartAsync(host, 1000);

        using var refused = await RawHttpClient.ConnectAsync(host.Port);
        await refused.SendAsync($"PUT /{await host.MintAsync()}/b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
        var head = await refused.ReadHeadAsync();
        await pair.SendRestAsync();

        Assert.Equal(503, head.Status);
        Assert.NotNull(head["Retry-After"]);
        Assert.Equal((200, true, 1000), await pair.EndAsync(leavesWhenComplete: true));
    }

    private static async Task<RawHttpClient> FillAsync(KestrelBeamHost host)
    {
        var client = await RawHttpClient.ConnectAsync(host.Port);
        await client.SendAsync($"PUT /{await host.MintAsync()}/file.bin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
        await client.SendAsync(new byte[200_000]);
        return client;
    }
}
