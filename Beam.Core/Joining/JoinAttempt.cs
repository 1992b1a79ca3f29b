namespace Beam.Transfers;

/// <summary>What one try to join has come to, under the channel's lock. The caller follows it up outside the lock.</summary>
/// <typeparam name="T">The lease.</typeparam>
/// <param name="Result">The lease, or why there is none.</param>
/// <param name="Transfer">The transfer that was joined.</param>
internal readonly record struct JoinAttempt<T>(JoinResult<T> Result, Transfer? Transfer = null)
    where T : class
{
    /// <summary>Gets the connections that have lost their seats by it; the caller tells them.</summary>
    public IReadOnlyList<TransferReceiver> Displaced { get; init; } = [];

    /// <summary>Gets the seat that somebody seems to have; after a change of it another try makes sense.</summary>
    public TakenSeat? Taken { get; init; }

    /// <summary>Gets the transfer that has to be given up before another try.</summary>
    public Transfer? Abandoned { get; init; }

    /// <summary>Gets the place in the line of receivers that take whatever comes, if that is what was taken.</summary>
    public NextReceiver? Waiting { get; init; }

    public static JoinAttempt<T> Refused(TransferError error, TransferSnapshot? transfer = null)
        => new(JoinResult<T>.Refused(error, transfer));
}
