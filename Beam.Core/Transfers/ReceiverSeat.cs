using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>
/// One receiver's seat in a transfer. It outlives the receiver's connections: a receiver that breaks off comes back to its seat.
/// </summary>
/// <remarks>Everything is read and written under the channel's lock.</remarks>
internal sealed class ReceiverSeat(ChangeCount changes, TokenUse? use, TimeSpan wait, long since)
{
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

    /// <summary>Gets what the last connection here called itself, for when it confirms.</summary>
    public string? ConfirmationId { get; private set; }

    /// <summary>Gets what the connection has reported while the relay waited for the receiver's own word.</summary>
    public DeliveryStatus ConnectionsWord { get; private set; }

    /// <summary>Gets or sets up to where its connections have taken the file.</summary>
    public long Cursor
    {
        get;
        set
        {
            field = value;
            changes.Note();
        }
    }

    /// <summary>Gets why it is away or has failed.</summary>
    public TransferError Error { get; private set; }

    public DeliveryStatus Delivery { get; private set; }

    public bool IsResolved => State is SeatState.Delivered or SeatState.Failed;

    /// <summary>Gets a value indicating whether its connection has taken nothing for so long that its network has probably gone.</summary>
    public bool IsDoubtful => Lease is { } lease && lease.Watch.Elapsed(Since) >= TakenSeat.DoubtedAfter;

    public void Attach(TransferReceiver lease, ReceiveTerms terms, long now)
    {
        Lease = lease;
        Confirms = terms.Confirms;
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
        ConfirmationId = before.ConfirmationId;
        ConnectionsWord = before.ConnectionsWord;
        Cursor = before.Cursor;
        Error = before.Error;
        Enter(before.State, before.Since);
    }

    /// <summary>Remembers the seat as it is, for <see cref="Undo"/>.</summary>
    public ReceiverSeat Copy() => (ReceiverSeat)MemberwiseClone();

    /// <summary>Its connection has taken everything.</summary>
    public void Confirm(long now) => Enter(SeatState.Confirming, now);

    /// <summary>Its connection has reported how far the bytes came; the receiver's own word is still to come.</summary>
    public void AwaitOwnWord(DeliveryStatus connectionsWord, long now)
    {
        ConnectionsWord = connectionsWord;
        Enter(SeatState.Confirming, now);
    }

    /// <summary>The relay waits for its own word no longer.</summary>
    public void GiveUpOwnWord() => Confirms = false;

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
