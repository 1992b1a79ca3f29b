using Beam.Client.Tests.Servers;
using Beam.Transfers;

namespace Beam.Client.Tests.Status;

/// <summary>Looking at a transfer, once and as it happens.</summary>
[Trait("Rule", "P25")]
public sealed class StatusTests : ClientTests
{
    [Fact]
    public async Task Status_TellsWhereATransferStands()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        Assert.Null(await beam.GetStatusAsync(link));
        Assert.Null(await beam.HeadAsync(link));

        var sending = beam.SendAsync(link, new PatternStream(3, 100));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        await Eventually.TrueAsync(async () => (await beam.GetStatusAsync(link))!.BytesReceived == 100, "the server has all bytes");
        var status = await beam.GetStatusAsync(link);
        Assert.Equal(("a", "waiting-for-receiver", 100, false), (status!.Name, status.State, status.Length!.Value, status.IsFinished));
        Assert.Equal(("a", 100), ((await beam.HeadAsync(link))!.Name, (await beam.HeadAsync(link))!.Length!.Value));

        await beam.ReceiveAsync(link, new VerifyingStream(3)).Soon();
        await sending.Soon();
        status = await beam.GetStatusAsync(link);
        Assert.Equal((BeamOutcome.Confirmed, true), (status!.Outcome!.Value, status.IsFinished));
        Assert.Equal(100, Assert.Single(status.Receivers).Bytes);
    }

    [Fact]
    public async Task Watcher_SeesATransferFromBeforeItsBeginningToItsEnd()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var states = new List<string>();
        var isWatching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watching = WatchAsync(beam, link, states, isWatching);
        await isWatching.Task.Soon();

        var sending = beam.SendAsync(link, new PatternStream(1, 1000));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        await Eventually.TrueAsync(() => Contains(states, "waiting-for-receiver"), "the watcher has seen the sender");
        await beam.ReceiveAsync(link, new VerifyingStream(1)).Soon();
        await sending.Soon();

        var last = await watching.Soon();
        Assert.Equal((true, BeamOutcome.Confirmed, "a"), (last.IsFinished, last.Outcome!.Value, last.Name));
        Assert.Equal("finished", states[^1]);
        Assert.NotEqual("waiting-for-receiver", states[0]);
    }

    [Fact]
    public async Task Watcher_ComesBack_WhenItsConnectionBreaks()
    {
        var server = await StartServerAsync();
        var proxy = OwnAsync(new FaultProxy(server.Port));
        var beam = NewClient(server.BaseAddress);
        var cut = NewClient(proxy.Through(server.BaseAddress));
        var link = (await beam.MintAsync()).Link.WithName("a");
        var states = new List<string>();
        var isWatching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watching = WatchAsync(cut, link.At(proxy.Through(server.BaseAddress)), states, isWatching);
        await isWatching.Task.Soon();

        proxy.CutAll();
        await Eventually.TrueAsync(() => proxy.Connections > 1, "the watcher has come back");
        await Task.WhenAll(beam.SendAsync(link, new PatternStream(1, 1000)), beam.ReceiveAsync(link, new VerifyingStream(1))).Soon();

        Assert.Equal(BeamOutcome.Confirmed, (await watching.Soon()).Outcome);
    }

    [Fact]
    public async Task Watcher_IsTold_ThatThereIsNoSuchToken()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);

        var exception = await Assert.ThrowsAsync<BeamException>(
            () => WatchAsync(beam, new BeamLink(server.BaseAddress, new string('a', 26), "a"), [], new TaskCompletionSource()).Soon());

        Assert.Equal(BeamError.NotFound, exception.Error);
    }

    private static bool Contains(List<string> states, string state)
    {
        lock (states)
        {
            return states.Contains(state);
        }
    }

    private static async Task<BeamStatus> WatchAsync(BeamClient beam, BeamLink link, List<string> states, TaskCompletionSource isWatching)
    {
        BeamStatus? last = null;
        await foreach (var status in beam.WatchAsync(link))
        {
            last = status;
            lock (states)
            {
                states.Add(status.State);
            }

            isWatching.TrySetResult();
        }

        return last!;
    }
}
