using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>The receivers' seats in a transfer, in the order in which they were taken, and what the sender has said of them.</summary>
/// <remarks>Everything is read and written under the channel's lock.</remarks>
internal sealed class ReceiverSeats(ChangeCount changes, int maxReceivers)
{
    private readonly List<ReceiverSeat> _seats = [];

    // Up to where seats that are gone were handed the file.
    private long _reachedBefore;

    public IReadOnlyList<ReceiverSeat> All => _seats;

    public int Count => _seats.Count;

    /// <summary>Gets how many receivers the sender asks for; <see langword="null"/> before it has come.</summary>
    public int? Wanted { get; private set; }

    /// <summary>Gets the timestamp from which the transfer waits for receivers.</summary>
    public long AwaitedSince { get; private set; }

    /// <summary>Gets how long the transfer waits for receivers.</summary>
    public TimeSpan Wait { get; private set; }

    /// <summary>Gets a value indicating whether a further receiver would find a seat.</summary>
    public bool HasFree => Count < (Wanted ?? maxReceivers);

    /// <summary>Gets a value indicating whether fewer receivers have come than the sender asks for.</summary>
    public bool AreMissing => Count < Wanted;

    /// <summary>Gets a value indicating whether a receiver is connected.</summary>
    public bool AreAttended => _seats.Exists(static seat => seat.Lease is not null);

    /// <summary>Gets a value indicating whether a connected receiver will confirm with the digest of what it got.</summary>
    public bool NeedDigest => _seats.Exists(static seat => seat.Confirms && seat.Lease is not null);

    public bool AreAllResolved => _seats.TrueForAll(static seat => seat.IsResolved);

    /// <summary>Gets how the transfer ends, now that all parts have ended; <see langword="null"/> when they have not.</summary>
    public TransferError? End => Count == Wanted && AreAllResolved ? FirstError : null;

    /// <summary>Gets how many bytes the receiver with the most bytes has taken.</summary>
    public long MostBytes => _seats.Count == 0 ? 0 : _seats.Max(static seat => seat.Bytes);

    /// <summary>Gets up to where the file was handed to anybody: no receiver can have more of it.</summary>
    public long Reached => _seats.Aggregate(_reachedBefore, static (most, seat) => Math.Max(most, seat.Reached));

    /// <summary>Gets the receivers that are known to have read the file.</summary>
    public IEnumerable<ReceiverSeat> Confirmed => _seats.Where(static seat => seat.Delivery == DeliveryStatus.Confirmed);

    /// <summary>Gets what is known of the bytes at every receiver's end.</summary>
    public DeliveryStatus LeastDelivery => _seats.Min(static seat => seat.Delivery);

    /// <summary>
    /// Gets the offset below which no receiver needs the file any more. <see langword="null"/> means that no receiver is connected, or that
    /// not all have come: the next will want the first byte. A receiver that is away delays nobody. What it needs stays only until
    /// something else needs the room.
    /// </summary>
    public long? Taken
    {
        get
        {
            long? slowest = null;
            foreach (var seat in _seats)
            {
                if (seat.Lease is not null && (slowest is null || seat.Cursor < slowest))
                {
                    slowest = seat.Cursor;
                }
            }

            return AreMissing ? null : slowest;
        }
    }

    private TransferError FirstError => _seats.Find(static seat => seat.Error != TransferError.None)?.Error ?? TransferError.None;

    /// <summary>Notes that somebody may have got the file up to an offset, of which no seat knows any more.</summary>
    public void NoteReached(long offset) => _reachedBefore = Math.Max(_reachedBefore, offset);

    /// <summary>Notes how many receivers the sender asks for.</summary>
    public void Want(int receivers)
    {
        Wanted = receivers;
        changes.Note();
    }

    public void Await(TimeSpan wait, long now)
    {
        AwaitedSince = now;
        Wait = wait;
        changes.Note();
    }

    public ReceiverSeat Add(TokenUse use, TimeSpan wait, long now)
    {
        var seat = new ReceiverSeat(changes, use, wait, now);
        _seats.Add(seat);
        changes.Note();
        return seat;
    }

    /// <summary>Adds the receivers that have not come, as failed.</summary>
    public void AddMissing(long now)
    {
        while (AreMissing)
        {
            var missing = new ReceiverSeat(changes, use: null, TimeSpan.Zero, now);
            missing.Resolve(TransferError.NoReceiver, DeliveryStatus.None, now);
            _seats.Add(missing);
        }
    }

    /// <summary>Removes a seat, and gives the use of its token back.</summary>
    /// <returns>The connection that sat there; the caller tells it outside the lock.</returns>
    public TransferReceiver? Remove(ReceiverSeat seat, long now)
    {
        _seats.Remove(seat);
        NoteReached(seat.Reached);
        seat.End(isSpent: false);
        var lease = seat.Lease;
        seat.Resolve(TransferError.AlreadyReceiving, DeliveryStatus.None, now);
        return lease;
    }

    /// <summary>Removes a seat for which nobody has come, after all. The use of its token stays with the caller.</summary>
    public void Discard(ReceiverSeat seat)
    {
        _seats.Remove(seat);
        changes.Note();
    }

    /// <summary>
    /// Notes how many receivers the sender of an untouched file asks for. The first that wait stay. Seats that nobody sits in go, because
    /// no receiver has anything of the file yet, and so do the last that are more than the sender asks for.
    /// </summary>
    /// <returns>The connections that sat there; the caller tells them outside the lock.</returns>
    public IReadOnlyList<TransferReceiver> BeginAnew(int receivers, long now)
    {
        Want(receivers);
        List<ReceiverSeat> excess = [.. _seats.Where(static seat => seat.Lease is null)];
        excess.AddRange(_seats.Where(static seat => seat.Lease is not null).Skip(receivers));
        return [.. excess.Select(seat => Remove(seat, now)).OfType<TransferReceiver>()];
    }

    /// <summary>Ends the part of every receiver that has not ended.</summary>
    public void ResolveRest(TransferError error, long now)
    {
        foreach (var seat in _seats.Where(static seat => !seat.IsResolved))
        {
            seat.Resolve(error, DeliveryStatus.None, now);
        }
    }

    /// <summary>Ends the uses of all tokens: the transfer is over.</summary>
    public void EndUses() => _seats.ForEach(static seat => seat.End(isSpent: seat.State == SeatState.Delivered));

    /// <summary>Gets the tokens whose uses are given back if the transfer ends now, a token for each use.</summary>
    public IEnumerable<Token> FindUnspentTokens()
        => _seats.Where(static seat => seat.State != SeatState.Delivered).Select(static seat => seat.Token).OfType<Token>();

    public bool AreAny(SeatState state) => _seats.Exists(seat => seat.State == state);

    /// <summary>Gets the connections; the caller tells them outside the lock.</summary>
    public List<TransferReceiver> GetLeases() => [.. _seats.Select(static seat => seat.Lease).OfType<TransferReceiver>()];

    public bool HasReceiver(Token token) => _seats.Exists(seat => seat.Lease is not null && ReferenceEquals(seat.Token, token));

    public List<ReceiverSeat> FindUnresolved(Token token) => _seats.FindAll(seat => !seat.IsResolved && ReferenceEquals(seat.Token, token));

    /// <summary>Finds the parts that go on with <paramref name="token"/> or one that was made from it.</summary>
    public List<ReceiverSeat> FindUnresolvedBelow(Token token)
        => _seats.FindAll(seat => !seat.IsResolved && seat.Token?.IsOrDescendsFrom(token) == true);

    /// <summary>Says whether no connected receiver is further behind than <paramref name="seat"/>.</summary>
    public bool IsSlowest(ReceiverSeat seat) => _seats.TrueForAll(other => other.Lease is null || other.Cursor >= seat.Cursor);

    /// <summary>Finds the seat that a receiver comes back to; <see langword="null"/> when it is to take a new one.</summary>
    /// <param name="token">What it presented.</param>
    /// <param name="terms">What it asks for.</param>
    /// <param name="isSure">Whether it has shown that it has the beginning of just this file.</param>
    public ReceiverSeat? FindToReturnTo(Token token, ReceiveTerms terms, bool isSure)
    {
        if (terms.From > 0 || !HasFree)
        {
            return FindAbandoned(token, terms, isSure);
        }

        // A token without uses left takes no free seat. It still returns to the seat of a receiver that came with it and broke off.
        return token.IsSpent_NeedsChannelLock
            ? _seats.Find(seat => seat.State == SeatState.Away && ReferenceEquals(seat.Token, token))
            : null;
    }

    /// <summary>
    /// Says whether a request for the rest of the file probably comes from a receiver whose old connection is dead but not yet noticed.
    /// </summary>
    public bool SeemsToReturn(Token token, ReceiveTerms terms, bool isSure)
        => Wanted is not null
            && terms is { From: > 0, To: null }
            && FindAbandoned(token, terms, isSure) is null
            && _seats.Exists(seat => seat.Lease is not null && ReferenceEquals(seat.Token, token) && seat.Reached >= terms.From);

    /// <summary>Says whether a receiver has broken off whose seat a connection with <paramref name="token"/> may have.</summary>
    public bool HasAwayFor(Token token) => _seats.Exists(seat => seat.State == SeatState.Away && token.MayTakeOverFrom(seat.Token!));

    /// <summary>
    /// Finds the seat of a receiver that has broken off, or seems to have, for a receiver that comes back. A seat belongs to the token that
    /// holds it: a token that it was made from, or one with full rights, has the others only if it has none of its own.
    /// </summary>
    private ReceiverSeat? FindAbandoned(Token token, ReceiveTerms terms, bool isSure)
    {
        var from = terms.From ?? 0;

        // The client may have what its connection was offered, and not more.
        var away = _seats
            .Where(seat => seat.State == SeatState.Away && token.MayTakeOverFrom(seat.Token!))
            .OrderBy(static seat => seat.Cursor)
            .ToList();
        var own = away.FindAll(seat => ReferenceEquals(seat.Token, token));
        if ((own.Count > 0 ? own : away) is { Count: > 0 } seats)
        {
            return seats.Find(seat => seat.HasHanded(from)) ?? seats.Find(seat => seat.Reached >= from) ?? seats[^1];
        }

        return from > 0 ? _seats.Find(seat => seat.Lease is not null && MayCut(seat, token, isSure)) : null;
    }

    private static bool MayCut(ReceiverSeat seat, Token token, bool isSure)
        => isSure ? token.MayTakeOverFrom(seat.Token!) : seat.IsDoubtful && ReferenceEquals(seat.Token, token);
}
