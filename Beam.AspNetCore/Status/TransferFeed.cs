using System.Text.Json;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Events;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Status;

/// <summary>One transfer. A feed may begin before anybody has come, and runs to the transfer's end.</summary>
internal sealed class TransferFeed(Relay relay, BeamChannel channel, string name, TimeProvider timeProvider, ILogger logger)
    : EventFeed(Interval, timeProvider, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // With very many watchers, progress comes less often: it is for people, and a thousand lines a second are enough work.
    private static readonly TimeSpan PerWatcher = TimeSpan.FromMilliseconds(1);

    private readonly ProgressRate _rate = new(timeProvider);
    private TransferView? _view;
    private LiveStatusBody? _told;
    private long _toldAt;
    private bool _wasSending;

    protected override long Revocations => channel.Revocations;

    protected override async ValueTask<EventFrame?> SampleAsync(EventFrame last)
    {
        var status = FindStatus();
        var body = Describe(status);
        var isNews = _told is null || !IsSameState(body, _told);
        if (!isNews && (TimeProvider.GetElapsedTime(_toldAt) < PerWatcher * Watchers || IsSameProgress(body, _told!)))
        {
            return null;
        }

        _told = body;
        _toldAt = TimeProvider.GetTimestamp();
        var json = JsonSerializer.SerializeToUtf8Bytes(body, StatusJson.Default.LiveStatusBody);
        if (body.Outcome is not null)
        {
            var outcome = await EventText.FormatAsync("outcome", json, status?.Transfer.Id);
            return new EventFrame(last.State + 1, last.Data + 1, outcome, outcome, isFinal: true);
        }

        return new EventFrame(
            isNews ? last.State + 1 : last.State,
            last.Data + 1,
            await EventText.FormatAsync("state", json),
            await EventText.FormatAsync("progress", json),
            isFinal: false);
    }

    private static bool IsSameState(TransferStatusBody one, TransferStatusBody other)
        => one.State == other.State
            && one.Sender == other.Sender
            && one.Length == other.Length
            && one.Outcome == other.Outcome
            && one.StartedAt == other.StartedAt
            && WithoutBytes(one.Receivers).SequenceEqual(WithoutBytes(other.Receivers));

    private static IEnumerable<ReceiverStatusBody> WithoutBytes(IReadOnlyList<ReceiverStatusBody> receivers)
        => receivers.Select(static receiver => receiver with { Bytes = 0 });

    private static bool IsSameProgress(LiveStatusBody one, LiveStatusBody other)
        => one.BytesReceived == other.BytesReceived
            && one.BytesSent == other.BytesSent
            && one.BytesPerSecond == other.BytesPerSecond
            && one.Receivers.SequenceEqual(other.Receivers);

    private TransferStatus? FindStatus()
    {
        // A receiver whose wait ended without a file leaves nothing to tell: then it is as if nobody had come yet.
        var status = _view?.GetStatus();
        if (status is null)
        {
            _view = channel.FindView(name);
            status = _view?.GetStatus();
        }

        return status;
    }

    private LiveStatusBody Describe(TransferStatus? status)
    {
        if (status is null)
        {
            var error = relay.IsDraining ? AnswerTable.ForReceiver(TransferError.ShuttingDown) : default(Answer?);
            return new LiveStatusBody(TransferStatusBody.OfNothing(name, error));
        }

        var body = new LiveStatusBody(TransferStatusBody.Of(status));
        if (status.Outcome is not null)
        {
            return body;
        }

        var isSending = status.Transfer.State is not (TransferState.WaitingForReceiver or TransferState.WaitingForSender);
        if (isSending != _wasSending)
        {
            _rate.Reset();
            _wasSending = isSending;
        }

        var bytes = isSending ? body.BytesSent : body.BytesReceived;
        var rate = _rate.Add(bytes);
        return body with
        {
            BytesPerSecond = rate,
            SecondsLeft = rate > 0 && body.Length is { } length ? (length - bytes + rate.Value - 1) / rate.Value : null,
        };
    }
}
