namespace Beam.AspNetCore.Quotas;

/// <summary>What one token, address or user uses. Guarded by the lock of <see cref="QuotaTable"/>.</summary>
internal sealed class QuotaUse(object key)
{
    public object Key => key;

    public int Transfers { get; set; }

    /// <summary>Gets or sets how many bytes count in this window.</summary>
    public long Bytes { get; set; }

    /// <summary>Gets or sets the timestamp at which the window began.</summary>
    public long Since { get; set; }

    /// <summary>Gets or sets the number of the window.</summary>
    public long Window { get; set; }

    /// <summary>Gets or sets its place among the uses without a request; <see langword="null"/> while it has a request.</summary>
    public LinkedListNode<QuotaUse>? Idle { get; set; }

    /// <summary>Corrects the bytes at the end of a request, where nothing may throw: they stay a number that is not negative.</summary>
    public void Correct(long difference) => Bytes = Math.Max(0, Bytes + Math.Min(difference, long.MaxValue - Bytes));
}
