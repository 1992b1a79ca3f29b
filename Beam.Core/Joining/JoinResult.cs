using System.Diagnostics.CodeAnalysis;

namespace Beam.Transfers;

/// <summary>A lease, or the reason why there is none.</summary>
/// <typeparam name="T">The lease.</typeparam>
public readonly record struct JoinResult<T>
    where T : class
{
    private JoinResult(T? lease, TransferError error, TransferOutcome? past, TransferSnapshot? transfer)
    {
        Lease = lease;
        Error = error;
        Past = past;
        Transfer = transfer;
    }

    /// <summary>Gets the lease, which the caller disposes; <see langword="null"/> when joining was refused.</summary>
    public T? Lease { get; }

    /// <summary>Gets why joining was refused, or <see cref="TransferError.None"/>.</summary>
    public TransferError Error { get; }

    /// <summary>Gets how the transfer of that name ended, when the error is <see cref="TransferError.Gone"/>.</summary>
    public TransferOutcome? Past { get; }

    /// <summary>
    /// Gets the transfer whose offsets a <see cref="TransferError.WrongOffset"/>, <see cref="TransferError.LengthChanged"/>,
    /// <see cref="TransferError.RangeNotHeld"/> or <see cref="TransferError.NothingToResume"/> is about.
    /// </summary>
    public TransferSnapshot? Transfer { get; }

    /// <summary>Gets a value indicating whether there is a lease.</summary>
    [MemberNotNullWhen(true, nameof(Lease))]
    public bool IsJoined => Lease is not null;

    internal static JoinResult<T> Joined(T lease) => new(lease, TransferError.None, past: null, transfer: null);

    internal static JoinResult<T> Refused(TransferError error, TransferSnapshot? transfer = null)
        => new(lease: null, error, past: null, transfer);

    internal static JoinResult<T> Gone(TransferOutcome past) => new(lease: null, TransferError.Gone, past, transfer: null);
}
