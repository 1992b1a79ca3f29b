namespace Beam.AspNetCore.Quotas;

/// <summary>What one token, address or user uses. Guarded by the lock of <see cref="QuotaTable"/>.</summary>
internal sealed class QuotaUse(object key)
{
    public object Key => key;

    public int Transfers { get; set; }

    public long Bytes { get; set; }

    /// <summary>Gets or sets the timestamp at which the bytes began to count.</summary>
    public long Since { get; set; }

    /// <summary>Gets or sets its place among the uses without a request; <see langword="null"/> while it has a request.</summary>
    public LinkedListNode<QuotaUse>? Idle { get; set; }
}
