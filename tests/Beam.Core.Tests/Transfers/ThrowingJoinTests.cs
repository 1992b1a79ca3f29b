using System.Diagnostics.Metrics;
using Beam.Buffering;
using Beam.Diagnostics;
using Beam.Observing;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Transfers;

/// <summary>A side that cannot join because something throws leaves nothing: no count, no use, no name, no byte, no ghost.</summary>
[Trait("Rule", "P5")]
public sealed class ThrowingJoinTests
{
    private const int Uses = 20;

    private static readonly SendTerms HandsIn = new() { HandsIn = true };

    private static readonly Dictionary<string, Situation> Situations = new()
    {
        ["first sender"] = new(static _ => Task.CompletedTask, static stage => stage.SendAsync(), true),
        ["first sender after a delivery"] = new(static stage => stage.DeliverAsync(), static stage => stage.SendAsync(), true),
        ["awaited sender"] = new(static stage => stage.ReceiveFirstAsync(), static stage => stage.SendAsync(), false),
        ["sender awaited in line"] = new(static stage => stage.ReceiveNextAsync(), static stage => stage.SendAsync(), false),
        ["sender that begins anew"] = new(static stage => stage.BreakAsync(0), static stage => stage.SendAsync(), false),
        ["sender that hands in anew"] = new(static stage => stage.BreakAsync(0), static stage => stage.SendAsync(HandsIn), false),
        ["sender that begins another file"] = new(static stage => stage.BreakAsync(100), static stage => stage.SendAsync(), false),
        ["sender that goes on"] = new(static stage => stage.BreakAsync(100), static stage => stage.ResumeAsync(100), true),
        ["sender that goes on to hand in"] = new(static stage => stage.BreakAsync(0), static stage => stage.ResumeAsync(0, HandsIn), true),
        ["first receiver"] = new(static _ => Task.CompletedTask, static stage => stage.ReceiveAsync(), true),
        ["awaited receiver"] = new(static stage => stage.SendFirstAsync(), static stage => stage.ReceiveAsync(), true),
        ["awaited next receiver"] = new(static stage => stage.SendFirstAsync(), static stage => stage.JoinNextAsync(), true),
        ["receiver that comes back"] = new(static stage => stage.LoseReceiverAsync(), static stage => stage.ReceiveAsync(10), true),
        ["receiver that takes over"] = new(static stage => stage.ReceiveSomeAsync(), static stage => stage.ReceiveAsync(10, true), false),
    };

    public static TheoryData<string> Names => [.. Situations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Nothing_IsLeft_WhicheverCallOfAJoinThrows(string name)
    {
        var (arrange, join, leavesAlone) = Situations[name];
        for (var call = 1; ; call++)
        {
            await using var stage = new Stage();
            await arrange(stage);
            var before = stage.Describe();
            stage.Buffers.CallsLeft = call;
            try
            {
                await using var joined = await join(stage);
                if (stage.Buffers.CallsLeft > 0)
                {
                    stage.Buffers.CallsLeft = 0;
                    Assert.NotNull(joined);
                    break;
                }

                Assert.Fail($"Nothing has heard that call {call} threw.");
            }
            catch (InvalidOperationException exception) when (exception.Message.StartsWith("That call", StringComparison.Ordinal))
            {
            }

            if (leavesAlone)
            {
                Assert.Equal((call, before), (call, stage.Describe()));
            }

            await stage.LeaveAsync();
            Assert.Equal(0, stage.Test.Relay.TransferCount);
            Assert.Equal(0, stage.Test.Budgets.Memory.UsedBytes);
            Assert.Equal(Uses - stage.Spent, stage.Link.UsesLeft);
            await stage.Test.Relay.DrainAsync().Soon();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Everybody_GoesOn_WhenTheMetersAndTheLogAndAnObserverThrow(string name)
    {
        var (arrange, join, _) = Situations[name];
        using var logs = new ThrowingLogs();
        await using var stage = new Stage(logs);
        await arrange(stage);
        using var listener = BreakMeter(stage);
        logs.IsBroken = true;

        var joined = await join(stage);
        Assert.NotNull(joined);
        await joined.DisposeAsync();
        await stage.LeaveAsync();
        await stage.Test.Relay.DrainAsync().Soon();

        Assert.Equal(0, stage.Test.Relay.TransferCount);
        Assert.Equal(0, stage.Test.Budgets.Memory.UsedBytes);
        Assert.Equal(Uses - stage.Spent, stage.Link.UsesLeft);
    }

    [Fact]
    public async Task Token_ThatNobodyHasHeardOf_IsNotCounted()
    {
        await using var stage = new Stage();
        using var listener = BreakMeter(stage);
        var tokens = stage.Test.Relay.Tokens.Count;

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await stage.Test.Relay.Tokens.MintAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await stage.Test.Relay.Tokens.MintSubTokenAsync(stage.Test.Token, TokenRights.Send));

        Assert.Equal(tokens, stage.Test.Relay.Tokens.Count);
    }

    private static MeterListener BreakMeter(Stage stage)
    {
        var meters = stage.Test.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == BeamMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("meter"));
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("meter"));
        listener.Start();
        return listener;
    }

    /// <summary>What is there before the join, how the join is made, and whether all is as it was when it throws.</summary>
    private sealed record Situation(Func<Stage, Task> Arrange, Func<Stage, Task<IAsyncDisposable?>> Join, bool LeavesAlone);

    private sealed class ThrowingObserver : ITransferObserver
    {
        public ValueTask ObserveAsync(TransferEvent transferEvent, CancellationToken cancellationToken)
            => throw new InvalidOperationException("observer");
    }

    /// <summary>A relay with fragile buffers, and those that are there before somebody joins.</summary>
    private sealed class Stage : IAsyncDisposable
    {
        private readonly List<IAsyncDisposable> _sides = [];
        private TestSender? _sender;

        public Stage(ThrowingLogs? logs = null)
        {
            Test = new TestRelay(
                static options => options.ResumeTimeout = TimeSpan.FromMinutes(2),
                services =>
                {
                    services.AddSingleton<FragileBuffers>();
                    services.AddSingleton<IChunkBufferFactory>(static provider => provider.GetRequiredService<FragileBuffers>());
                    services.AddSingleton<ITransferObserver, ThrowingObserver>();
                    if (logs is not null)
                    {
                        services.AddLogging(logging => logging.AddProvider(logs));
                    }
                });
            Buffers = Test.Services.GetRequiredService<FragileBuffers>();
            Link = Test.Relay.Tokens.MintSubTokenAsync(Test.Token, TokenRights.All, Uses).AtOnce()!.Token;
        }

        public TestRelay Test { get; }

        public FragileBuffers Buffers { get; }

        public Token Link { get; }

        /// <summary>Gets how many uses have come to something.</summary>
        public int Spent { get; private set; }

        public string Describe()
        {
            var status = Link.Channel.FindStatus("file");
            var receivers = string.Join(",", status?.Transfer.Receivers.Select(static each => each.State) ?? []);
            return $"{Test.Relay.TransferCount} {Link.UsesLeft} {Link.ExpiresAt:O} {Test.Budgets.Memory.UsedBytes} "
                + $"{status?.Transfer.State} {status?.Transfer.Held} {status?.Transfer.ExpiresAt:O} {receivers} {status?.Outcome?.Error}";
        }

        public Task<IAsyncDisposable?> SendAsync(SendTerms? terms = null)
            => Task.FromResult<IAsyncDisposable?>(Test.Relay.JoinAsSender(Link, "file", new TransferDescription(1_000), terms).Lease);

        public async Task<IAsyncDisposable?> ResumeAsync(long offset, SendTerms? terms = null)
            => (await Test.Relay.ResumeAsSenderAsync(Link, "file", offset, 1_000, terms)).Lease;

        public Task<IAsyncDisposable?> ReceiveAsync(long? from = null, bool takesOver = false)
        {
            var id = takesOver ? Link.Channel.FindStatus("file")?.Transfer.Id : null;
            return Task.FromResult<IAsyncDisposable?>(
                Test.Relay.JoinAsReceiver(Link, "file", new ReceiveTerms { From = from, TransferId = id }).Lease);
        }

        public async Task<IAsyncDisposable?> JoinNextAsync() => (await Test.Relay.JoinNextAsReceiverAsync(Link)).Lease;

        public async Task SendFirstAsync()
        {
            _sender = Keep(Test.Send("file", 1_000, token: Link));
            await _sender.WriteAsync(0, 100);
            await Eventually.TrueAsync(() => Test.Relay.GetSnapshot().Transfers[0].Held.To == 100, "the bytes are there");
        }

        public Task ReceiveFirstAsync()
        {
            Keep(Test.Receive(token: Link));
            return Task.CompletedTask;
        }

        public Task ReceiveNextAsync()
        {
            var joining = Test.Relay.JoinNextAsReceiverAsync(Link).AsTask();
            _sides.Add(new Leaving(Test, joining));
            return Task.CompletedTask;
        }

        /// <summary>A sender breaks off after some bytes, with a receiver there.</summary>
        public async Task BreakAsync(int bytes)
        {
            var sender = Test.Send("file", 1_000, token: Link);
            var receiver = Keep(Test.Receive(token: Link));
            await sender.WriteAsync(0, bytes);
            await Eventually.TrueAsync(() => Test.Relay.GetSnapshot().Transfers[0].BytesSent == bytes, "the receiver has them");
            await sender.DisposeAsync();
            Assert.False(receiver.Lease.Ended.IsCompleted);
        }

        public async Task ReceiveSomeAsync()
        {
            await SendFirstAsync();
            var receiver = Keep(Test.Receive(token: Link));
            await receiver.TakeSomeAsync();
            await Eventually.TrueAsync(() => Test.Relay.GetSnapshot().Transfers[0].BytesSent == 100, "the receiver has something");
        }

        public async Task LoseReceiverAsync()
        {
            await ReceiveSomeAsync();
            await _sides[^1].DisposeAsync();
        }

        public async Task DeliverAsync()
        {
            await using var sender = Test.Send("file", 100, token: Link);
            await using var receiver = Test.Receive(token: Link);
            await sender.WriteAsync(0, 100);
            await sender.CompleteAsync();
            Assert.Equal(100, await receiver.TakeAllAsync());
            receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
            await sender.Outcome.Soon();
            Spent = 2;
        }

        /// <summary>Lets everybody leave, and the time pass in which somebody could come back.</summary>
        public async Task LeaveAsync()
        {
            Buffers.CallsLeft = 0;
            foreach (var side in _sides)
            {
                await side.DisposeAsync();
            }

            _sides.Clear();
            for (var minutes = 0; minutes < 6; minutes++)
            {
                Test.Clock.Advance(TimeSpan.FromMinutes(1));
            }
        }

        public async ValueTask DisposeAsync()
        {
            await LeaveAsync();
            Test.Dispose();
        }

        private T Keep<T>(T side)
            where T : IAsyncDisposable
        {
            _sides.Add(side);
            return side;
        }

        /// <summary>A receiver that waits in line, until the relay lets it go.</summary>
        private sealed class Leaving(TestRelay test, Task<JoinResult<TransferReceiver>> joining) : IAsyncDisposable
        {
            public async ValueTask DisposeAsync()
            {
                if (!joining.IsCompleted)
                {
                    test.Clock.Advance(TimeSpan.FromMinutes(5));
                }

                await ((await joining.Soon()).Lease?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
        }
    }
}
