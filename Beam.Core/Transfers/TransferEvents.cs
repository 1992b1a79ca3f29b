using Beam.Observing;

namespace Beam.Transfers;

/// <summary>Tells observers what becomes of one transfer.</summary>
/// <remarks>
/// Callers hold the channel's lock, under which everything happens that changes the state: that
/// keeps the order. An event only enters queues.
/// </remarks>
internal sealed class TransferEvents(RelayHost host, Transfer transfer)
{
    private bool _isCreationTold;

    /// <summary>Tells that the transfer has begun, unless that was told before.</summary>
    public void TellCreated()
    {
        if (!_isCreationTold)
        {
            Tell(TransferEventKind.Created);
            _isCreationTold = true;
        }
    }

    /// <summary>Notes that a former process has told of the beginning.</summary>
    public void NoteCreationTold() => _isCreationTold = true;

    public void TellEnd(TransferOutcome outcome) => Tell(FindEnd(outcome), outcome);

    public void Tell(TransferEventKind kind, TransferOutcome? outcome = null)
    {
        if (host.Observers.AreAny)
        {
            var channel = transfer.Channel;
            host.Observers.Tell(new TransferEvent(
                kind, host.TimeProvider.GetUtcNow(), channel.Id, transfer.Name, TransferSnapshot.Of(transfer), outcome, channel.Origin));
        }
    }

    private TransferEventKind FindEnd(TransferOutcome outcome) => outcome.Error switch
    {
        TransferError.None => TransferEventKind.Delivered,
        TransferError.NoReceiver or TransferError.NoSender => TransferEventKind.Expired,
        TransferError.TokenEnded when !transfer.Token.IsRevoked && transfer.Sender.Token?.IsRevoked != true => TransferEventKind.Expired,
        _ => TransferEventKind.Failed,
    };
}
