using System.Diagnostics;
using System.Diagnostics.Metrics;
using Beam.Buffering;
using Beam.Transfers;

namespace Beam.Diagnostics;

/// <summary>What a relay counts: the meter <c>Beam</c>. docs/operations.md lists the instruments.</summary>
internal sealed class BeamMetrics : IDisposable
{
    public const string MeterName = "Beam";

    // A transfer takes milliseconds, or a day.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400],
    };

    private static readonly InstrumentAdvice<long> Sizes = new()
    {
        HistogramBucketBoundaries = [1L << 10, 1L << 14, 1L << 18, 1L << 20, 1L << 24, 1L << 28, 1L << 30, 1L << 34, 1L << 38],
    };

    private readonly Meter _meter;
    private readonly Counter<long> _relayedBytes;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _wait;
    private readonly Histogram<long> _size;
    private readonly Counter<long> _mintedTokens;
    private readonly Counter<long> _droppedEvents;

    private readonly bool _ownsMeter;

    public BeamMetrics(IMeterFactory? meterFactory)
    {
        _ownsMeter = meterFactory is null;
        _meter = meterFactory?.Create(MeterName) ?? new Meter(MeterName);
        _relayedBytes = _meter.CreateCounter<long>("beam.relay.io", "By", "Bytes handed to receivers.");
        _droppedEvents = _meter.CreateCounter<long>("beam.event.dropped", "{event}", "Events that an observer was too slow for.");
        _duration = _meter.CreateHistogram<double>(
            "beam.transfer.duration",
            "s",
            "Time from pairing to the end of a transfer.",
            tags: null,
            Seconds);
        _wait = _meter.CreateHistogram<double>(
            "beam.transfer.wait",
            "s",
            "Time from the arrival of the first side to pairing.",
            tags: null,
            Seconds);
        _size = _meter.CreateHistogram<long>("beam.transfer.size", "By", "Sizes of delivered files.", tags: null, Sizes);
        _mintedTokens = _meter.CreateCounter<long>("beam.token.minted", "{token}", "Tokens that were minted.");
    }

    public void CountDroppedEvents(long events) => _droppedEvents.Add(events);

    public void Observe(Relay relay, RelayBudgets budgets)
    {
        _meter.CreateObservableUpDownCounter(
            "beam.transfer.active",
            () => CountTransfers(relay),
            "{transfer}",
            "Transfers that wait or run.");
        _meter.CreateObservableUpDownCounter(
            "beam.receiver.waiting",
            () => relay.NextReceiverCount,
            "{receiver}",
            "Receivers that wait for whatever comes.");
        _meter.CreateObservableUpDownCounter("beam.token.active", () => relay.Tokens.Count, "{token}", "Live tokens.");
        _meter.CreateObservableUpDownCounter("beam.buffer.memory.usage", () => budgets.Memory.UsedBytes, "By", "Bytes held in memory.");
        _meter.CreateObservableUpDownCounter(
            "beam.buffer.memory.limit",
            () => budgets.Memory.LimitBytes,
            "By",
            "Bytes that may be held in memory.");
        _meter.CreateObservableUpDownCounter("beam.buffer.disk.usage", () => budgets.Disk.UsedBytes, "By", "Bytes held on the disk.");
        _meter.CreateObservableUpDownCounter(
            "beam.buffer.disk.limit",
            () => budgets.Disk.LimitBytes,
            "By",
            "Bytes that may be held on the disk.");
    }

    public void CountRelayed(long bytes) => _relayedBytes.Add(bytes);

    public void CountMinted() => _mintedTokens.Add(1);

    /// <param name="outcome">How it ended.</param>
    /// <param name="wait">How long the first side waited for the other; <see langword="null"/> if it never came.</param>
    public void CountFinished(TransferOutcome outcome, TimeSpan? wait)
    {
        if (wait is { } waited)
        {
            _wait.Record(waited.TotalSeconds);
        }

        if (outcome is { IsSuccess: true, Length: { } length })
        {
            _size.Record(length);
        }

        if (!_duration.Enabled)
        {
            return;
        }

        var tags = default(TagList);
        if (outcome.IsSuccess)
        {
            tags.Add("beam.delivery", outcome.Delivery.ToTag());
        }
        else
        {
            tags.Add("error.type", outcome.Error.ToTag());
        }

        _duration.Record(outcome.Duration.TotalSeconds, tags);
    }

    private static Measurement<int>[] CountTransfers(Relay relay)
    {
        var (waiting, running) = relay.CountTransfers();
        return
        [
            new(waiting, new KeyValuePair<string, object?>("beam.transfer.state", "waiting")),
            new(running, new KeyValuePair<string, object?>("beam.transfer.state", "running")),
        ];
    }

    public void Dispose()
    {
        // A factory disposes the meters that it made.
        if (_ownsMeter)
        {
            _meter.Dispose();
        }
    }
}
