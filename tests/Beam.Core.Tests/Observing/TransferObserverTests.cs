using System.Diagnostics.Metrics;
using Beam.Core.Tests.Transfers;
using Beam.Diagnostics;
using Beam.Observing;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Observing;

/// <summary>What an application learns of transfers, and that it cannot hurt them.</summary>
public sealed class TransferObserverTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Delivery_IsTold_WithReceiptAndOrigin()
    {
        var observer = new RecordingObserver();
        using var test = Create(observer);
        var origin = new Dictionary<string, string>(StringComparer.Ordinal) { ["user"] = "ada" };
        var opened = test.Relay.Tokens.MintAsync(origin).AtOnce()!.Token;
        var link = test.Relay.Tokens.MintSubTokenAsync(opened, TokenRights.Send).AtOnce()!.Token;
        await using (var sender = test.Send("private-name", token: link))
        await using (var receiver = test.Receive("private-name", token: opened))
        {
            await sender.WriteAsync(0, 100);
            await sender.CompleteAsync();
            await receiver.TakeAllAsync();
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        }

        await observer.WaitForAsync(3);
        Assert.Equal([TransferEventKind.Created, TransferEventKind.Paired, TransferEventKind.Delivered], observer.Kinds);
        Assert.All(observer.Events, told =>
        {
            Assert.Equal(
                ("private-name", opened.Id, link.Id, "ada"),
                (told.Name, told.ChannelId, told.Transfer.TokenId, told.Origin["user"]));
            Assert.Equal(test.Clock.GetUtcNow(), told.Time);
            Assert.DoesNotContain("private-name", told.ToString(), StringComparison.Ordinal);
        });
        var receipt = observer.Events[^1].Outcome!;
        Assert.Equal((DeliveryStatus.Confirmed, 100L), (receipt.Delivery, receipt.Bytes));
        Assert.Single(receipt.Receivers);
        Assert.Equal(new bool[] { false, false, true }, observer.Events.Select(static told => told.IsEnd));
    }

    [Fact]
    public async Task Failures_AreToldApart()
    {
        var observer = new RecordingObserver();
        using var test = Create(observer);
        var revoked = test.Relay.Tokens.MintAsync().AtOnce()!.Token;
        await using var cancelled = test.Send("cancelled");
        await using var waiting = test.Send("waiting", wait: TimeSpan.FromSeconds(10));
        await using var lonely = test.Receive("lonely", wait: TimeSpan.FromSeconds(10));
        await using var cut = test.Send("cut", token: revoked);

        test.Relay.Cancel(test.Token, "cancelled");
        test.Relay.RevokeAsync(revoked).AtOnce();
        test.Clock.Advance(TimeSpan.FromSeconds(11));

        await observer.WaitForAsync(8);
        Assert.Equal(
            [
                ("cancelled", TransferEventKind.Failed, TransferError.Cancelled),
                ("cut", TransferEventKind.Failed, TransferError.TokenEnded),
                ("lonely", TransferEventKind.Expired, TransferError.NoSender),
                ("waiting", TransferEventKind.Expired, TransferError.NoReceiver),
            ],
            observer.Events
                .Where(static told => told.IsEnd)
                .Select(static told => (told.Name, told.Kind, told.Outcome!.Error))
                .OrderBy(static told => told.Name, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Observer_ThatThrows_HurtsNobody()
    {
        var throwing = new RecordingObserver(static (_, _) => throw new InvalidOperationException("observer"));
        var other = new RecordingObserver();
        using var test = Create(throwing, other);

        Assert.True((await test.DeliverAsync()).IsSuccess);

        await Task.WhenAll(throwing.WaitForAsync(3), other.WaitForAsync(3));
        await Eventually.TrueAsync(() => Errors(test).Count() == 3, "three failures were logged");
        Assert.All(Errors(test), static entry => Assert.Equal((1008, "ObserverFailed"), (entry.EventId.Id, entry.EventId.Name)));
        test.AssertNothingIsLeft();
    }

    [Fact]
    [Trait("Rule", "P3")]
    public async Task Observer_ThatIsTooSlow_HoldsNothingUpAndMissesTheLast()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = new RecordingObserver((_, _) => new ValueTask(gate.Task));
        var other = new RecordingObserver();
        using var test = Create(static options => options.MaxQueuedEvents = 4, slow, other);
        var dropped = 0L;
        using var listener = ListenForDropped(test, count => Interlocked.Add(ref dropped, count));

        // The slow observer is being told of the first when its queue fills. The queue of the other is as small, so each file waits for it.
        await test.DeliverAsync("0");
        await slow.WaitForAsync(1);
        await other.WaitForAsync(3);
        for (var i = 1; i < 4; i++)
        {
            Assert.True((await test.DeliverAsync($"{i}")).IsSuccess);
            await other.WaitForAsync((i + 1) * 3);
        }

        gate.SetResult();

        await slow.WaitForAsync(5);
        await Eventually.TrueAsync(() => Interlocked.Read(ref dropped) == 7, "seven events were counted as dropped");
        Assert.Equal(other.Events.Take(5).Select(static told => told.ToString()), slow.Events.Select(static told => told.ToString()));
        Assert.Equal(
            (1009, "EventsDropped"),
            Assert.Single(test.Logs.AtLeast(LogLevel.Warning).Select(static entry => (entry.EventId.Id, entry.EventId.Name))));
    }

    [Fact]
    public async Task Events_OfEachTransfer_KeepTheirOrder_WhenManyRunAtOnce()
    {
        const int transfers = 200;
        var observer = new RecordingObserver();
        using var test = Create(static options => options.MaxWaitingTransfersPerToken = transfers, observer);

        await Task.WhenAll(Enumerable.Range(0, transfers).Select(
            i => Task.Run(() => i % 3 == 0 ? BreakAsync(test, $"{i}") : test.DeliverAsync($"{i}"))));

        await Eventually.TrueAsync(() => observer.Events.Count(static told => told.IsEnd) == transfers, "every end was told");
        Assert.All(observer.Events.GroupBy(static told => told.Transfer.Id), static told =>
        {
            var kinds = told.Select(static each => each.Kind).ToList();
            Assert.Equal(TransferEventKind.Created, kinds[0]);
            Assert.Single(told, static each => each.IsEnd);
            Assert.True(told.Last().IsEnd);
            Assert.Equal(kinds.Distinct(), kinds);
        });
    }

    [Fact]
    public async Task HandedInFile_IsToldAcrossARestart()
    {
        var first = new RecordingObserver();
        var origin = new Dictionary<string, string>(StringComparer.Ordinal) { ["user"] = "ada" };
        string secret;
        using (var test = Create(options => options.SpillDirectory = _folder["spill"], first))
        {
            var minted = test.Relay.Tokens.MintAsync(origin).AtOnce()!;
            secret = minted.Secret;
            await using var sender = test.Send("file", 100, new SendTerms { HandsIn = true }, minted.Token);
            await sender.WriteAsync(0, 100);
            await sender.CompleteAsync();
            await sender.Result.Soon();
            await first.WaitForAsync(2);
        }

        var second = new RecordingObserver();
        using (var test = Create(options => options.SpillDirectory = _folder["spill"], second))
        {
            await using var receiver = test.Receive(token: test.Relay.Tokens.Find(secret));
            await receiver.TakeAllAsync();
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
            await second.WaitForAsync(1);
        }

        Assert.Equal([TransferEventKind.Created, TransferEventKind.HandedIn], first.Kinds);
        var delivered = Assert.Single(second.Events);
        Assert.Equal(
            (TransferEventKind.Delivered, "ada", first.Events[0].ChannelId),
            (delivered.Kind, delivered.Origin["user"], delivered.ChannelId));
    }

    [Fact]
    public async Task Dispose_TellsWhatIsLeft()
    {
        var observer = new RecordingObserver();
        await using (var services = Services(observer))
        {
            var relay = services.GetRequiredService<Relay>();
            Assert.True(relay.JoinAsReceiver(relay.Tokens.MintAsync().AtOnce()!.Token, "file").IsJoined);
        }

        Assert.Equal([TransferEventKind.Created, TransferEventKind.Failed], observer.Kinds);
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Dispose_WaitsForNobodyForEver()
    {
        var observer = new RecordingObserver(
            static async (_, stop) => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
        var clock = new FakeClock();
        var services = Services(observer, clock);
        var relay = services.GetRequiredService<Relay>();
        Assert.True(relay.JoinAsReceiver(relay.Tokens.MintAsync().AtOnce()!.Token, "file").IsJoined);
        await observer.WaitForAsync(1);
        var timers = clock.ActiveTimers;

        var disposed = services.DisposeAsync().AsTask();
        await clock.WaitForTimersAsync(timers);
        clock.Advance(TimeSpan.FromSeconds(5));

        await disposed.Soon();
    }

    private static IEnumerable<LogEntry> Errors(TestRelay test) => test.Logs.AtLeast(LogLevel.Error);

    private static TestRelay Create(params ITransferObserver[] observers) => Create(static _ => { }, observers);

    private static TestRelay Create(Action<BeamOptions> configure, params ITransferObserver[] observers)
        => new(configure, services => Array.ForEach(observers, observer => services.AddSingleton(observer)));

    private static ServiceProvider Services(ITransferObserver observer, TimeProvider? clock = null)
    {
        var services = new ServiceCollection().AddSingleton(observer).AddSingleton(clock ?? TimeProvider.System);
        services.AddBeamCore();
        return services.BuildServiceProvider();
    }

    private static async Task<TransferOutcome> BreakAsync(TestRelay test, string name)
    {
        await using var sender = test.Send(name);
        await using var receiver = test.Receive(name);
        await sender.WriteAsync(0, 100);
        await sender.AbortAsync();
        return await sender.Outcome.Soon();
    }

    private static MeterListener ListenForDropped(TestRelay test, Action<long> count)
    {
        var scope = test.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument is { Name: "beam.event.dropped", Meter.Name: BeamMetrics.MeterName }
                    && ReferenceEquals(instrument.Meter.Scope, scope))
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => count(value));
        listener.Start();
        return listener;
    }
}
