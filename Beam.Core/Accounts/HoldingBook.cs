namespace Beam.Accounts;

/// <summary>What all together, one channel or one account hold now. Guarded by the lock of <see cref="HoldingLedger"/>.</summary>
internal sealed class HoldingBook(object key)
{
    public object Key => key;

    /// <summary>Gets or sets how many transfers there are.</summary>
    public int Transfers { get; set; }

    /// <summary>Gets or sets how many of them are hand-ins.</summary>
    public int Files { get; set; }

    /// <summary>Gets or sets how many bytes the hand-ins take.</summary>
    public long Bytes { get; set; }
}
