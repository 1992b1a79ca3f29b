using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Buffering;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Refusals;

/// <summary>No room on the disk or in memory: both sides of that transfer read so, and the others go on.</summary>
[Trait("Rule", "P3")]
[Trait("Rule", "P5")]
public sealed class NoRoomTests : HttpTests
{
    private const string Reason = "The relay has no room for the file.\n";
    private const int Half = 500;

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task WaitingSender_Reads507_WhenTheDiskRefusesItsFile()
    {
        var folder = NewFolder();
        var server = await StartServerAsync(setup => setup.Options = options => options.SpillDirectory = folder["spill"]);
        var (sender, receiver) = await StartPairAsync(server);
        Directory.Delete(folder["spill"], recursive: true);
        var path = $"{server.Mint()}/large";

        using var answer = await server.Client.PutAsync(path, new StreamContent(new PatternStream(1, 4_000_000)));
        using var late = await server.Client.GetAsync(path);

        Assert.Equal((HttpStatusCode.InsufficientStorage, Reason), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.Gone, "The transfer is over. " + Reason), (late.StatusCode, await late.Content.ReadAsStringAsync()));
        await Eventually.TrueAsync(() => server.Relay.TransferCount == 1, "only the running transfer is left");
        await AssertEndsWellAsync(sender, receiver, Half);
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task BothSides_Read507_WhenOthersHoldTheMemory()
    {
        var server = await StartServerAsync(setup => setup.Clock = _clock);
        var (sender, receiver) = await StartPairAsync(server);
        var memory = server.Budgets.Memory;
        var rest = memory.LimitBytes - memory.UsedBytes;
        Assert.True(memory.TryLease(rest, BudgetPriority.Essential));
        var path = $"{server.Mint()}/b";
        var received = server.Client.GetAsync(path);
        await server.WaitForAsync(TransferState.WaitingForSender);
        var sent = server.Client.PutAsync(path, new ByteArrayContent(new byte[100]));
        await server.WaitForAsync(TransferState.Streaming, count: 2);
        await Eventually.TrueAsync(
            () => server.Relay.GetSnapshot().Transfers.Any(static transfer => transfer.BytesReceived == 100),
            "its bytes have come");

        // The transfer that has memory goes on meanwhile.
        var left = Half;
        for (; left > 1 && server.Relay.TransferCount > 1; left--)
        {
            await sender.SendAsync(new byte[1]);
            await receiver.ReadAsync(1);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        memory.Return(rest);
        using var answer = await sent;
        using var download = await received;
        Assert.Equal((HttpStatusCode.InsufficientStorage, Reason), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.InsufficientStorage, Reason), (download.StatusCode, await download.Content.ReadAsStringAsync()));
        await AssertEndsWellAsync(sender, receiver, left);
    }

    [Fact]
    [Trait("Rule", "P1")]
    public async Task RunningReceiver_IsCut_WhenItsMemoryDoesNotComeAnyMore()
    {
        var server = await StartServerAsync(setup => setup.Clock = _clock);
        var (sender, receiver) = await StartPairAsync(server, bytes: 10_000_000);
        var memory = server.Budgets.Memory;
        var rest = memory.LimitBytes - memory.UsedBytes;
        Assert.True(memory.TryLease(rest, BudgetPriority.Essential));
        var sending = SendQuietlyAsync(sender, 10_000_000 - Half);
        var ending = receiver.ReadToEndAsync();

        await Eventually.TrueAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
                return server.Relay.GetSnapshot().Transfers.All(static transfer => transfer.State == TransferState.Finished);
            },
            "the transfer has ended");
        memory.Return(rest);

        var end = await ending;
        Assert.Equal(ConnectionEnd.Reset, end.End);
        Assert.InRange(end.Bytes.Length, 0, 10_000_000 - Half - 1);
        Assert.Equal(507, (await sender.ReadHeadAsync()).Status);
        await sending;
    }

    /// <summary>A transfer of which the first bytes have come through.</summary>
    private async Task<(RawHttpClient Sender, RawHttpClient Receiver)> StartPairAsync(BeamServer server, int bytes = 2 * Half)
    {
        var path = $"{server.Mint()}/a";
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.WaitForAsync(TransferState.WaitingForSender);
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {bytes}\r\n\r\n");
        await sender.SendAsync(new byte[Half]);
        await receiver.ReadHeadAsync();
        await receiver.ReadAsync(Half);
        return (sender, receiver);
    }

    private static async Task AssertEndsWellAsync(RawHttpClient sender, RawHttpClient receiver, int left)
    {
        await sender.SendAsync(new byte[left]);
        await receiver.ReadAsync(left);
        receiver.Dispose();
        var head = await sender.ReadHeadAsync();
        Assert.Equal(200, head.Status);
        Assert.StartsWith("confirmed: 1000 bytes", (await sender.ReadBodyAsync(head)).Text, StringComparison.Ordinal);
    }

    private static async Task SendQuietlyAsync(RawHttpClient sender, int bytes)
    {
        try
        {
            await sender.SendAsync(new byte[bytes]);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Refused in the middle of it.
        }
    }
}
