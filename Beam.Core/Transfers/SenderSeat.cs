using System.Diagnostics;
using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>
/// The sender's seat in a transfer. It outlives the sender's connections: a sender that breaks off and comes back takes its seat again.
/// </summary>
/// <remarks>Everything is read and written under the channel's lock.</remarks>
internal sealed class SenderSeat(ChangeCount changes)
{
    private TokenUse? _use;

    /// <summary>Gets the token that holds the seat now; <see langword="null"/> before a sender has come.</summary>
    public Token? Token => _use?.Token;

    /// <summary>Gets a value indicating whether a sender has come.</summary>
    public bool IsTaken => _use is not null;

    /// <summary>Gets the connection that sits here now: it sends, or has sent everything and waits for the outcome.</summary>
    public TransferSender? Lease { get; private set; }

    /// <summary>Gets the task that ends when the last connection appends nothing more to the log.</summary>
    public Task Stopped { get; private set; } = Task.CompletedTask;

    /// <summary>Gets the timestamp of the last connection's arrival or, when there is none now, of its loss.</summary>
    public long Since { get; private set; }

    /// <summary>Gets why the last connection has left.</summary>
    public TransferError Error { get; private set; }

    /// <summary>Gets a value indicating whether the last connection's sender may come back.</summary>
    public bool MayResume { get; private set; }

    /// <summary>Gets or sets the trace of the last connection; the traces of receivers link to it.</summary>
    public ActivityContext Trace { get; set; }

    /// <summary>Gives the seat to the first sender, whose use of its token begins.</summary>
    public void Take(TokenUse use)
    {
        use.Begin();
        _use = use;
        changes.Note();
    }

    /// <summary>Another token holds the seat from now on, by a use of its own. The holder before it has its use back.</summary>
    public void PassTo(TokenUse use)
    {
        use.Begin();
        _use?.End(isSpent: false);
        _use = use;
    }

    public void Attach(TransferSender lease, bool mayResume, long now)
    {
        Lease = lease;
        Stopped = lease.Stopped;
        MayResume = mayResume;
        Since = now;
        changes.Note();
    }

    /// <summary>Leaves the seat as it was before a connection that could not join after all.</summary>
    public void Undo(SenderSeat before)
    {
        Lease = before.Lease;
        Stopped = before.Stopped;
        MayResume = before.MayResume;
        Since = before.Since;
        changes.Note();
    }

    /// <summary>Remembers the seat as it is, for <see cref="Undo"/>.</summary>
    public SenderSeat Copy() => (SenderSeat)MemberwiseClone();

    public void Leave(TransferError error, long now)
    {
        Lease = null;
        Error = error;
        Since = now;
        changes.Note();
    }

    /// <summary>Ends the use of the token: the transfer is over.</summary>
    public void End(bool isSpent) => _use?.End(isSpent);
}
