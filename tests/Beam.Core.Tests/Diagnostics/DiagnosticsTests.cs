using System.Diagnostics;
using System.Diagnostics.Metrics;
using Beam.Core.Tests.Transfers;
using Beam.Diagnostics;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Diagnostics;

public sealed class DiagnosticsTests : IDisposable
{
    private readonly TestRelay _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Metrics_CountBytesAndOutcomesOnce()
    {
        var counted = new List<(string Name, double Value, string Tags)>();
        using var listener = Listen(counted);
        await _test.DeliverAsync();
        await using (var failing = _test.Send("other"))
        {
            listener.RecordObservableInstruments();
        }

        Assert.Equal(100, Assert.Single(counted, static each => each.Name == "beam.relay.io").Value);
        Assert.Equal(
            ["beam.delivery=confirmed", "error.type=sender_lost"],
            counted.Where(static each => each.Name == "beam.transfer.duration").Select(static each => each.Tags));
        Assert.Equal(
            [(1, "beam.transfer.state=waiting"), (0, "beam.transfer.state=running")],
            counted.Where(static each => each.Name == "beam.transfer.active").Select(static each => (each.Value, each.Tags)));
        Assert.Equal(100, Assert.Single(counted, static each => each.Name == "beam.transfer.size").Value);
        Assert.Equal(0, Assert.Single(counted, static each => each.Name == "beam.transfer.wait").Value);
        Assert.Equal(0, Assert.Single(counted, static each => each.Name == "beam.receiver.waiting").Value);
        Assert.Equal(1, Assert.Single(counted, static each => each.Name == "beam.token.active").Value);
        Assert.Equal(0, Assert.Single(counted, static each => each.Name == "beam.buffer.memory.usage").Value);
        Assert.Equal(256 * 1024 * 1024, Assert.Single(counted, static each => each.Name == "beam.buffer.memory.limit").Value);
        Assert.Equal(0, Assert.Single(counted, static each => each.Name == "beam.buffer.disk.usage").Value);
        Assert.Equal(0, Assert.Single(counted, static each => each.Name == "beam.buffer.disk.limit").Value);
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Transfer_EndsForBothSides_EvenIfAMetricsListenerThrows()
    {
        using var listener = Listen([], static () => throw new InvalidOperationException("listener"));
        await using (var sender = _test.Send())
        await using (var receiver = _test.Receive())
        {
            receiver.Lease.Fail(TransferError.ReceiverLost);

            Assert.Equal(TransferError.ReceiverLost, (await sender.Outcome.Soon()).Error);
            Assert.Equal(TransferError.ReceiverLost, await receiver.Received.Soon());
        }

        _test.AssertNothingIsLeft();
        Assert.Equal("listener", Assert.Single(_test.Logs.AtLeast(LogLevel.Error)).Exception?.Message);
        Assert.Contains(_test.Logs.Entries, static entry => entry.EventId.Name == "TransferFailed");
    }

    [Fact]
    [Trait("Rule", "P7")]
    public async Task Logs_SayWhatHappened_WithoutSecretsAndNames()
    {
        await _test.DeliverAsync("private-name");
        await using (_test.Send("private-name"))
        {
            _test.Relay.Cancel(_test.Token, "private-name");
        }

        _test.Relay.RevokeAsync(_test.Token).AtOnce();

        Assert.Equal(
            [(1000, "TransferDelivered"), (1001, "TransferFailed"), (1003, "TransferCancelled"), (1004, "TokenRevoked")],
            _test.Logs.Entries.Select(static entry => (entry.EventId.Id, entry.EventId.Name)));
        Assert.All(_test.Logs.Entries, static entry => Assert.Equal(LogLevel.Information, entry.Level));
        Assert.Empty(_test.Logs.Mentioning(_test.Minted.Secret));
        Assert.Empty(_test.Logs.Mentioning("private-name"));
    }

    [Fact]
    public async Task Activities_CoverBothSides_UnderTheOneThatIsCurrent()
    {
        using var parent = new Activity("request");
        var stopped = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Beam",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // Other tests run at the same time.
                lock (stopped)
                {
                    if (activity.TraceId == parent.TraceId)
                    {
                        stopped.Add(activity);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        parent.Start();
        await _test.DeliverAsync("private-name");
        parent.Stop();

        Assert.Equal(["beam.receive", "beam.send"], stopped.Select(static activity => activity.OperationName).Order());
        Assert.Single(stopped.Select(static activity => activity.GetTagItem("beam.transfer.id")).Distinct());
        Assert.All(stopped, static activity => Assert.Equal(100L, activity.GetTagItem("beam.transfer.bytes")));
        var (send, receive) = (
            stopped.Single(static activity => activity.OperationName == "beam.send"),
            stopped.Single(static activity => activity.OperationName == "beam.receive"));
        Assert.Equal(send.Context, Assert.Single(receive.Links).Context);
        Assert.DoesNotContain(
            stopped.SelectMany(static activity => activity.TagObjects),
            tag => $"{tag.Value}".Contains(_test.Minted.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Activities_SayWhyASideHasFailed()
    {
        using var parent = new Activity("request");
        var failed = new List<(string Name, object? Error, ActivityStatusCode Status)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Beam",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // Other tests run at the same time.
                lock (failed)
                {
                    if (activity.TraceId == parent.TraceId)
                    {
                        failed.Add((activity.OperationName, activity.GetTagItem("error.type"), activity.Status));
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        parent.Start();
        await using (var sender = _test.Send())
        await using (var receiver = _test.Receive())
        {
            await sender.WriteAsync(0, 100);
            await receiver.TakeSomeAsync();
            await sender.AbortAsync();
        }

        parent.Stop();

        Assert.Equal(
            [("beam.receive", "sender_lost", ActivityStatusCode.Error), ("beam.send", "sender_lost", ActivityStatusCode.Error)],
            failed.OrderBy(static each => each.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void Metrics_DisposeTheirOwnMeterOnly()
    {
        using var metrics = new BeamMetrics(meterFactory: null);
        metrics.CountRelayed(1);
    }

    private MeterListener Listen(List<(string Name, double Value, string Tags)> counted, Action? onDuration = null)
    {
        var scope = _test.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == BeamMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, scope))
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => counted.Add((instrument.Name, value, Text(tags))));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => counted.Add((instrument.Name, value, Text(tags))));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            onDuration?.Invoke();
            counted.Add((instrument.Name, value, Text(tags)));
        });
        listener.Start();
        return listener;
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        => string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"));
}
