using Beam.Accounts;

namespace Beam.AspNetCore.Quotas;

/// <summary>One request's part in the quotas that it needs. Dispose it when the request has ended.</summary>
internal sealed class QuotaLease(QuotaTable? table, List<QuotaCharge> charges, long declaredBytes) : IDisposable
{
    /// <summary>A lease that counts nothing.</summary>
    public static readonly QuotaLease Free = new(table: null, [], declaredBytes: 0);

    private long _movedBytes;

    /// <summary>Gets whom the transfer is charged to that the request begins, as long as that lasts.</summary>
    public RelayAccount? Account { get; init; }

    /// <summary>
    /// Notes that bytes begin to move. If nobody says how many have moved, because something fails, those that were declared count.
    /// </summary>
    public void Begin() => Count(declaredBytes);

    /// <summary>Notes how many bytes the request has moved.</summary>
    public void Count(long bytes)
    {
        if (table is not null)
        {
            _movedBytes = Math.Max(0, bytes);
        }
    }

    public void Dispose() => table?.Return(charges, _movedBytes);
}
