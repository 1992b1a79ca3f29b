using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>
/// Acts on a receiver's own word, in a request of its own: the digest of what it got, or that it lacks the file.
/// </summary>
internal static class Confirmation
{
    /// <summary>A receiver says that it has a file of this digest.</summary>
    /// <param name="transfer">The transfer.</param>
    /// <param name="token">What it presented. It speaks for the seats that it holds, and for no other.</param>
    /// <param name="id">What the receiver called itself when it came.</param>
    /// <param name="sha256">The digest.</param>
    /// <returns>The answer for the receiver.</returns>
    public static TransferError Confirm(Transfer transfer, Token token, string? id, ReadOnlySpan<byte> sha256)
    {
        OwnWord word;
        TransferReceiver receiver;
        TransferError? end;
        lock (transfer.Channel.Lock)
        {
            word = Judge(transfer, token, id, sha256);
            if (word.Seat is not { Lease: { } lease } seat)
            {
                return word.Answer;
            }

            if (word.Answer == TransferError.NoDigest)
            {
                // The receiver has said what it can. Nothing better than its connection's word will come, and that may be known already.
                seat.GiveUpOwnWord();
                if (seat.ConnectionsWord == DeliveryStatus.None)
                {
                    return word.Answer;
                }
            }

            receiver = lease;
            end = transfer.Resolve_NeedsLock(seat, word.PartError, word.Delivery);
        }

        transfer.FinishOrGoOn(end);
        receiver.EndPart(word.PartError);
        return word.Answer;
    }

    /// <summary>A receiver that was to confirm says that it has not got the file.</summary>
    /// <returns><see langword="false"/> when no receiver with this token has this id, or its part is over.</returns>
    public static bool TryDecline(Transfer transfer, Token token, string id)
    {
        TransferReceiver? receiver;
        lock (transfer.Channel.Lock)
        {
            var isAlive = token.IsAlive_NeedsChannelLock(transfer.Host.TimeProvider.GetUtcNow());
            receiver = transfer.Receivers.All
                .FirstOrDefault(seat => isAlive && seat.ConfirmationId == id && ReferenceEquals(seat.Token, token))
                ?.Lease;
        }

        receiver?.Lose(TransferError.ReceiverLost);
        return receiver is not null;
    }

    private static OwnWord Judge(Transfer transfer, Token token, string? id, ReadOnlySpan<byte> sha256)
    {
        if (!token.IsAlive_NeedsChannelLock(transfer.Host.TimeProvider.GetUtcNow()))
        {
            return new OwnWord(TransferError.UnknownToken);
        }

        if (id is null && transfer.Receivers.Wanted > 1)
        {
            return new OwnWord(TransferError.UnnamedReceiver);
        }

        if (transfer.IsFinished || Find(transfer.Receivers, token, id) is not { } seat)
        {
            return new OwnWord(TransferError.UnknownName);
        }

        var isRight = transfer.Content.Sha256 is { } digest ? sha256.SequenceEqual(digest.Span) : (bool?)null;
        if (seat.Lease is null)
        {
            // It has said so before.
            return new OwnWord(isRight == true ? TransferError.None : TransferError.UnknownName);
        }

        return isRight switch
        {
            true => new OwnWord(TransferError.None, seat, DeliveryStatus.Confirmed),
            false => new OwnWord(TransferError.DigestMismatch, seat),
            null => new OwnWord(TransferError.NoDigest, seat, ReceiverEnd.AtMostSent(seat.ConnectionsWord)),
        };
    }

    /// <summary>Finds the receiver with this id, once its connection has taken everything, or after it has confirmed.</summary>
    private static ReceiverSeat? Find(ReceiverSeats receivers, Token token, string? id) => receivers.All.FirstOrDefault(
        seat => seat.ConfirmationId == id
            && ReferenceEquals(seat.Token, token)
            && seat is { State: SeatState.Confirming, Confirms: true } or { Delivery: DeliveryStatus.Confirmed });
}
