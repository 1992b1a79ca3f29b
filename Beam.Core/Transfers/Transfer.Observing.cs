using Beam.Holding;
using Beam.Observing;

namespace Beam.Transfers;

internal sealed partial class Transfer
{
    private bool _isCreationTold;

    private void TellCreated_NeedsLock()
    {
        if (!_isCreationTold)
        {
            _isCreationTold = true;
            Tell_NeedsLock(TransferEventKind.Created);
        }
    }

    private void TellEnd_NeedsLock(TransferOutcome outcome)
    {
        // What was handed in has not ended with the process: the next one finds it again.
        if (outcome.Error != TransferError.ShuttingDown || !_isAccepted || Content.Buffer is not HeldFileBuffer)
        {
            Tell_NeedsLock(FindKind_NeedsLock(outcome), outcome);
        }
    }

    private TransferEventKind FindKind_NeedsLock(TransferOutcome outcome) => outcome.Error switch
    {
        TransferError.None => TransferEventKind.Delivered,
        TransferError.NoReceiver or TransferError.NoSender => TransferEventKind.Expired,
        TransferError.TokenEnded when !_token.IsRevoked && Sender.Token?.IsRevoked != true => TransferEventKind.Expired,
        _ => TransferEventKind.Failed,
    };

    /// <summary>Puts an event into the queues, which keeps the order: everything that changes the state does so under the lock.</summary>
    private void Tell_NeedsLock(TransferEventKind kind, TransferOutcome? outcome = null)
    {
        if (_relay.Observers.AreAny)
        {
            _relay.Observers.Tell(new TransferEvent(kind, _timeProvider.GetUtcNow(), Channel.Id, Name, GetSnapshot_NeedsLock(), outcome, Channel.Origin));
        }
    }
}
