namespace Beam.AspNetCore.Quotas;

/// <summary>One request's part in the quotas that it needs. Dispose it when the request has ended.</summary>
internal sealed class QuotaLease(QuotaTable? table, List<QuotaUse> uses, long declaredBytes) : IDisposable
{
    /// <summary>A lease that counts nothing.</summary>
    public static readonly QuotaLease Free = new(table: null, [], declaredBytes: 0);

    private long _movedBytes;

    /// <summary>Notes how many bytes the request has moved.</summary>
    public void Count(long bytes)
    {
        if (table is not null)
        {
            _movedBytes = Math.Max(0, bytes);
        }
    }

    public void Dispose() => table?.Return(uses, _movedBytes - declaredBytes);
}
