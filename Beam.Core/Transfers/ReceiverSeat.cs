using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>
/// One receiver's seat in a transfer. It outlives the receiver's connections: a receiver that breaks off comes back to its seat.
/// </summary>
/// <remarks>Everything is read and written under the channel's lock.</remarks>
internal sealed class ReceiverSeat(ChangeCount changes, TokenUse? use, TimeSpan wait, long since)
{
    // What its connections have taken.
    private HandedBytes _handed = new();

    // The connection that sits or sat here last. More was offered to it than it is known to have taken.
    private TransferReceiver? _last;

    private TokenUse? _use = use;

    /// <summary>Gets the token that holds the seat now; <see langword="null"/> for a receiver that never came.</summary>
    public Token? Token => _use?.Token;

    /// <summary>Gets how long it waits for a sender.</summary>
    public TimeSpan Wait => wait;

    public SeatState State { get; private set; }

    /// <summary>Gets the timestamp of the last change of <see cref="State"/>.</summary>
    public long Since { get; private set; } = since;

    /// <summary>Gets the connection that sits here now.</summary>
    public TransferReceiver? Lease { get; private set; }

    /// <summary>Gets a value indicating whether the relay waits for the own word of the receiver that sits here.</summary>
    public bool Confirms { get; private set; }

    /// <summary>
    /// Gets a value indicating whether the receiver that sits here wanted to confirm, and there was no digest to compare its own with. What
    /// it had before its connection began nobody has looked at then, so its connection proves less.
    /// </summary>
    public bool IsUnproven { get; private set; }

    /// <summary>Gets what the last connection here called itself, for when it confirms.</summary>
    public string? ConfirmationId { get; private set; }

    /// <summary>Gets what the connection has reported while the relay waited for the receiver's own word.</summary>
    public DeliveryStatus ConnectionsWord { get; private set; }

    /// <summary>Gets up to where its connection has taken the file: what comes before that it needs no more.</summary>
    public long Cursor
    {
        get;
        private set
        {
            field = value;
            changes.Note();
        }
    }

    /// <summary>Gets how many bytes of the file its connections have taken.</summary>
    public long Bytes => _handed.Count;

    /// <summary>Gets up to where its connections were handed the file, or offered it. There may be gaps before that.</summary>
    public long Reached => Math.Max(_handed.End, _last?.Offered ?? 0);

    /// <summary>
    /// Gets a value indicating whether the relay has handed this seat everything that comes before its present connection's first byte. If
    /// not, that the receiver has the beginning is only what it says.
    /// </summary>
    public bool HasBeginning { get; private set; }

    /// <summary>Gets why it is away or has failed.</summary>
    public TransferError Error { get; private set; }

    public DeliveryStatus Delivery { get; private set; }

    /// <summary>
    /// Gets a value indicating whether it was taken by a receiver that said that it had the beginning, and was handed nothing.
    /// </summary>
    public bool HasOnlyClaimed => Lease is not null && !HasBeginning && Bytes == 0;

    public bool IsResolved => State is SeatState.Delivered or SeatState.Failed;

    /// <summary>Gets a value indicating whether its connection has taken nothing for so long that its network has probably gone.</summary>
    public bool IsDoubtful => Lease is { } lease && lease.Watch.Elapsed(Since) >= TakenSeat.DoubtedAfter;

    /// <summary>Says whether everything before an offset was handed to its connections, or offered to the last of them.</summary>
    public bool HasHanded(long offset)
        => offset <= _handed.Beginning || (_last is { } last && last.From <= _handed.Beginning && offset <= last.Offered);

    public void Attach(TransferReceiver lease, ReceiveTerms terms, long now)
    {
        HasBeginning = HasHanded(lease.From);
        if (HasBeginning)
        {
            // It says how much of what was offered has reached it.
            _handed.Add(0, lease.From);
        }

        _last = lease;
        Lease = lease;
        Confirms = terms.Confirms;
        IsUnproven = false;
        ConfirmationId = terms.Confirms ? terms.ConfirmationId : null;
        ConnectionsWord = DeliveryStatus.None;
        Cursor = lease.From;
        Error = TransferError.None;
        Enter(SeatState.Receiving, now);
    }

    /// <summary>Another token holds the seat from now on, by a use of its own. The holder before it has its use back.</summary>
    public void PassTo(TokenUse use)
    {
        use.Begin();
        _use?.End(isSpent: false);
        _use = use;
    }

    /// <summary>Leaves the seat as it was before a connection that could not join after all.</summary>
    public void Undo(ReceiverSeat before)
    {
        Lease = before.Lease;
        Confirms = before.Confirms;
        IsUnproven = before.IsUnproven;
        ConfirmationId = before.ConfirmationId;
        ConnectionsWord = before.ConnectionsWord;
        Cursor = before.Cursor;
        HasBeginning = before.HasBeginning;
        _last = before._last;
        _handed = before._handed;
        Error = before.Error;
        Enter(before.State, before.Since);
    }

    /// <summary>Remembers the seat as it is, for <see cref="Undo"/>.</summary>
    public ReceiverSeat Copy()
    {
        var copy = (ReceiverSeat)MemberwiseClone();
        copy._handed = _handed.Copy();
        return copy;
    }

    /// <summary>Its connection has taken more, up to an offset.</summary>
    public void Advance(long offset)
    {
        _handed.Add(Cursor, offset);
        Cursor = offset;
    }

    /// <summary>Its connection has taken everything.</summary>
    public void Confirm(long now) => Enter(SeatState.Confirming, now);

    /// <summary>Its connection has reported how far the bytes came; the receiver's own word is still to come.</summary>
    public void AwaitOwnWord(DeliveryStatus connectionsWord, long now)
    {
        ConnectionsWord = connectionsWord;
        Enter(SeatState.Confirming, now);
    }

    /// <summary>The relay waits for its own word no longer, because it cannot compare that with anything.</summary>
    public void GiveUpOwnWord() => (Confirms, IsUnproven) = (false, true);

    public void Leave(TransferError error, long now)
    {
        Lease = null;
        Error = error;
        Enter(SeatState.Away, now);
    }

    public void Resolve(TransferError error, DeliveryStatus delivery, long now)
    {
        Lease = null;
        Error = error;
        Delivery = delivery;
        Enter(error == TransferError.None ? SeatState.Delivered : SeatState.Failed, now);
    }

    /// <summary>Begins the use of its token, unless that has begun.</summary>
    public void Begin() => _use?.Begin();

    /// <summary>Ends the use of its token: the seat, or the transfer, is over.</summary>
    public void End(bool isSpent) => _use?.End(isSpent);

    private void Enter(SeatState state, long now)
    {
        State = state;
        Since = now;
        changes.Note();
    }
}
