using Beam.Transfers;

namespace Beam.Accounts;

/// <summary>
/// What one transfer is charged with: a place and, for a hand-in, a file and the bytes that it takes. It belongs to the log of the
/// transfer. Disposing it gives everything back.
/// </summary>
/// <remarks>Thread-safe. The lock of the ledger guards it.</remarks>
internal sealed class HoldingCharge(HoldingLedger ledger, bool isHeld, string? account) : IDisposable
{
    private volatile TransferError _obstacle;

    /// <summary>Gets a value indicating whether the transfer is a hand-in.</summary>
    public bool IsHeld => isHeld;

    /// <summary>Gets the name of the account; <see langword="null"/> when there is none.</summary>
    public string? Account => account;

    /// <summary>Gets or sets a value indicating whether the log charges what it leases. Otherwise the sender's pump charges.</summary>
    public bool IsCountedByLog { get; set; }

    /// <summary>Gets which limit was in the way at the last try to take bytes; <see cref="TransferError.None"/> if none was.</summary>
    public TransferError Obstacle => _obstacle;

    /// <summary>Gets the books that it stands in, each with the limit that holds there. It is for the ledger.</summary>
    public List<(HoldingBook Book, HoldingLimit Limit)> Lines { get; } = [];

    /// <summary>Gets or sets how many bytes are charged. It is for the ledger.</summary>
    public long Bytes { get; set; }

    /// <summary>Charges further bytes, unless a limit is in the way. Then nothing has changed.</summary>
    public bool TryTake(long bytes)
    {
        _obstacle = ledger.TryTake(this, bytes);
        return _obstacle == TransferError.None;
    }

    /// <summary>Charges what is missing to <paramref name="bytes"/>, unless a limit is in the way. For one caller at a time.</summary>
    public bool TryReach(long bytes) => bytes <= Bytes || TryTake(bytes - Bytes);

    /// <summary>Gives bytes back that are taken no more.</summary>
    public void Return(long bytes) => ledger.Return(this, bytes);

    /// <summary>Gives back everything, for good. A second time does nothing.</summary>
    public void Dispose() => ledger.Close(this);
}
