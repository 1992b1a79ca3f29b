using Beam.Tokens;

namespace Beam.Transfers;

internal sealed partial class Transfer
{
    private TaskCompletionSource? _placeChange;

    /// <summary>Lets somebody who came for a place that is taken wait for it.</summary>
    public TakenPlace NotePlaceTaken_NeedsLock()
    {
        _placeChange ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new TakenPlace(this, _placeChange.Task);
    }

    /// <summary>Says whether somebody receives who came with <paramref name="token"/>.</summary>
    public bool HasReceiver_NeedsLock(Token token) => _seats.Exists(seat => seat.Lease is not null && ReferenceEquals(seat.Token, token));

    /// <summary>Says whether somebody who asks for the rest of the file probably has the place of a connection that is not known as gone yet.</summary>
    public bool SeemsToReturn_NeedsLock(Token token, ReceiveTerms terms)
        => HasSender_NeedsLock
            && terms is { From: > 0, To: null }
            && FindAbandonedSeat_NeedsLock(terms) is null
            && _seats.Exists(seat => seat.Lease is not null && ReferenceEquals(seat.Token, token) && seat.Cursor >= terms.From);

    /// <summary>Lets those who wait for a place ask again: the relay takes nobody any more.</summary>
    public void TurnAwayWaiting()
    {
        lock (Channel.Lock)
        {
            TellPlaceChanged_NeedsLock();
        }
    }

    private void TellPlaceChanged_NeedsLock()
    {
        _placeChange?.SetResult();
        _placeChange = null;
    }
}
