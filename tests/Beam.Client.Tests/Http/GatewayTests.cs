using Beam.Client.Tests.Progress;
using Beam.Client.Tests.Sending;
using Beam.Client.Tests.Servers;
using Beam.Transfers;

namespace Beam.Client.Tests.Http;

/// <summary>Proxies that answer themselves when the server takes its time.</summary>
[Trait("Rule", "P2")]
public sealed class GatewayTests : ClientTests
{
    [Fact]
    public async Task Sender_WaitsOn_WhenAProxyLosesItsPatience()
    {
        var server = await StartServerAsync();
        var gateway = OwnAsync(await Gateway.StartAsync(server, answerTimeout: TimeSpan.FromSeconds(2)));
        var beam = NewClient(server.BaseAddress);
        var patient = NewClient(gateway.Through(server.BaseAddress));
        var link = (await beam.MintAsync()).Link.WithName("a");

        var sending = patient.SendAsync(link.At(gateway.Through(server.BaseAddress)), new PatternStream(1, 50_000));
        await Eventually.TrueAsync(() => gateway.TimedOut >= 2, "the proxy has answered instead of the server");
        Assert.False(sending.IsCompleted);
        await beam.ReceiveAsync(link, new VerifyingStream(1)).Soon();

        var receipt = await sending.Soon();
        Assert.Equal((BeamOutcome.Confirmed, true), (receipt.Outcome, receipt.IsVerified));
    }

    [Fact]
    public async Task Receiver_WaitsOn_WhenAProxyLosesItsPatience()
    {
        var server = await StartServerAsync();
        var gateway = OwnAsync(await Gateway.StartAsync(server, answerTimeout: TimeSpan.FromSeconds(2)));
        var beam = NewClient(server.BaseAddress);
        var patient = NewClient(gateway.Through(server.BaseAddress));
        var link = (await beam.MintAsync()).Link.WithName("a");

        var receiving = patient.ReceiveAsync(link.At(gateway.Through(server.BaseAddress)), new VerifyingStream(2));
        await Eventually.TrueAsync(() => gateway.TimedOut >= 2, "the proxy has answered instead of the server");
        var receipt = await beam.SendAsync(link, new PatternStream(2, 50_000)).Soon();

        Assert.Equal(BeamOutcome.Confirmed, receipt.Outcome);
        Assert.True((await receiving.Soon()).IsVerified);
    }

    [Fact]
    public async Task Sender_LearnsThatTheTransferWasCancelled_WhileItHasNothingToSend()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var watchful = NewClient(server.BaseAddress, options => options.IdleTimeout = TimeSpan.FromMilliseconds(200));
        var link = (await beam.MintAsync()).Link.WithName("a");
        var sending = watchful.SendAsync(link, new StallingStream(3, 1000, stallAt: 500));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        await beam.CancelAsync(link);

        var exception = await Assert.ThrowsAsync<BeamException>(() => sending.Soon());
        Assert.Equal(BeamError.Cancelled, exception.Error);
    }

    [Fact]
    public async Task Sender_LearnsThatTheTransferIsOver_WithinSeconds_WhileItHasNothingToSend()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var clock = new FakeClock();
        var silent = NewClient(server.BaseAddress, options =>
        {
            options.TimeProvider = clock;
            options.RetryDelay = TimeSpan.Zero;
            options.IdleTimeout = TimeSpan.FromDays(1);
        });
        var link = (await beam.MintAsync()).Link.WithName("a");
        var content = new GatedStream(3, 1000, gateAt: 500);
        var sending = Assert.ThrowsAsync<BeamException>(() => silent.SendAsync(link, content).Soon());

        // Before that it is not quiet: the clock would run on without a reason to ask.
        await content.Reached.Soon();
        await Eventually.TrueAsync(
            () => server.Relay.GetSnapshot().Transfers.Any(static transfer => transfer.BytesReceived == 500),
            "what there was has come");

        await beam.CancelAsync(link);

        var passed = TimeSpan.Zero;
        await Eventually.TrueAsync(
            () =>
            {
                if (!sending.IsCompleted && clock.NextDue is { } due && due < TimeSpan.FromMinutes(1))
                {
                    clock.Advance(due);
                    passed += due;
                }

                return sending.IsCompleted;
            },
            "the sender has heard of it");
        Assert.Equal(BeamError.Cancelled, (await sending).Error);
        Assert.True(passed < TimeSpan.FromSeconds(10), passed.ToString());
    }

    [Fact]
    public async Task Download_IsContinuedOverANewConnection_WhenNothingComesAnyMore()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var impatient = NewClient(server.BaseAddress, options => options.IdleTimeout = TimeSpan.FromSeconds(2));
        var link = (await beam.MintAsync()).Link.WithName("a");
        var content = new GatedStream(4, 200_000, gateAt: 100_000);
        var sending = beam.SendAsync(link, content);
        var stages = new List<BeamStage>();
        var receiving = impatient.ReceiveAsync(link, new VerifyingStream(4), new BeamReceiveOptions { Progress = new Stages(stages) });
        await Eventually.TrueAsync(() => Count(stages) >= 1, "the receiver has come back");

        content.Open();

        Assert.True((await receiving.Soon()).IsVerified);
        Assert.Equal(BeamOutcome.Confirmed, (await sending.Soon()).Outcome);
    }

    private static int Count(List<BeamStage> stages)
    {
        lock (stages)
        {
            return stages.Count(stage => stage == BeamStage.Reconnecting);
        }
    }
}
