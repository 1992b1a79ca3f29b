using Beam.Accounts;
using Beam.Buffering;

namespace Beam.Transfers;

/// <summary>What one try to join has come to, under the channel's lock. The caller follows it up outside the lock.</summary>
/// <typeparam name="T">The lease.</typeparam>
/// <param name="Result">The lease, or why there is none. Then nothing has changed.</param>
/// <param name="Transfer">The transfer that was joined.</param>
internal readonly record struct JoinAttempt<T>(JoinResult<T> Result, Transfer? Transfer = null)
    where T : class
{
    /// <summary>Gets the connections that have lost their seats by it; the caller tells them.</summary>
    public IReadOnlyList<TransferReceiver> Displaced { get; init; } = [];

    /// <summary>Gets the seat that somebody seems to have; after a change of it another try makes sense.</summary>
    public TakenSeat? Taken { get; init; }

    /// <summary>Gets a value indicating whether the seat is that of a connection before it, and not one that nobody has had.</summary>
    public bool IsReturn { get; init; }

    /// <summary>Gets what log another try needs, if this one has failed only for that: it is made outside the lock.</summary>
    public ChunkBufferTerms? NeededLog { get; init; }

    /// <summary>Gets what is charged now for that which this log, and the transfer that begins with it, take the place of.</summary>
    public HoldingCharge? ReplacedCharge { get; init; }

    /// <summary>Gets the sender that has to give way before another try, if one is connected.</summary>
    public TransferSender? Predecessor { get; init; }

    /// <summary>Gets the task after which another try makes sense: the sender before it appends nothing more.</summary>
    public Task? Stopped { get; init; }

    /// <summary>Gets the place in the line of receivers that take whatever comes, if that is what was taken.</summary>
    public NextReceiver? Waiting { get; init; }

    public static JoinAttempt<T> Refused(TransferError error, TransferSnapshot? transfer = null)
        => new(JoinResult<T>.Refused(error, transfer));
}
