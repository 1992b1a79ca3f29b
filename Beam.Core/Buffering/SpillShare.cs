using Beam.Accounts;

namespace Beam.Buffering;

/// <summary>
/// The part of the disk budget that is for bytes whose readers have not come for them yet. The rest is for files that are handed in, so
/// that uploads which wait for a receiver cannot keep those out. It also charges the account of the upload.
/// </summary>
/// <remarks>Thread-safe. Whether there is room in all three is decided in this order: charge, share, disk.</remarks>
/// <param name="spills">What all spilled bytes together may take.</param>
/// <param name="disk">The disk budget, of which they are a part.</param>
/// <param name="charge">What is charged for those of one transfer; <see langword="null"/> when nobody is.</param>
internal sealed class SpillShare(BufferBudget spills, BufferBudget disk, HoldingCharge? charge)
{
    /// <summary>Gets a value indicating whether the transfer should give back what is only nice to have.</summary>
    public bool IsUnderPressure => spills.IsUnderPressure || disk.IsUnderPressure;

    /// <summary>Leases bytes if there is room.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="isShareFull">
    /// Whether other spilled bytes are in the way: then <see cref="Request"/> tells when that has changed. For the others a reader's coming
    /// has to do, because nobody else can wait for them.
    /// </param>
    public bool TryLease(long bytes, out bool isShareFull)
    {
        isShareFull = false;
        if (charge?.TryTake(bytes) == false)
        {
            return false;
        }

        if (!spills.TryLease(bytes, BudgetPriority.Essential))
        {
            charge?.Return(bytes);
            isShareFull = true;
            return false;
        }

        if (!disk.TryLease(bytes, BudgetPriority.Essential))
        {
            Return(bytes, hasDisk: false);
            return false;
        }

        return true;
    }

    /// <summary>Gives leased bytes back.</summary>
    public void Return(long bytes) => Return(bytes, hasDisk: true);

    /// <summary>Stands in line for the share.</summary>
    /// <param name="bytes">How many bytes.</param>
    /// <param name="granted">Called once when the share has room, perhaps before this method returns; must not throw or block.</param>
    public BudgetRequest Request(long bytes, Action granted) => spills.Request(bytes, BudgetPriority.Essential, granted);

    /// <summary>Leases the rest of what a request was granted.</summary>
    /// <returns><see langword="false"/> when there is no room elsewhere; then nothing is leased any more.</returns>
    public bool TryUse(BudgetRequest request)
    {
        if (charge?.TryTake(request.Bytes) == false)
        {
            spills.Return(request.Bytes);
            return false;
        }

        if (!disk.TryLease(request.Bytes, BudgetPriority.Essential))
        {
            Return(request.Bytes, hasDisk: false);
            return false;
        }

        return true;
    }

    /// <summary>Leaves the line.</summary>
    public void Withdraw(BudgetRequest request)
    {
        if (request.Withdraw())
        {
            spills.Return(request.Bytes);
        }
    }

    private void Return(long bytes, bool hasDisk)
    {
        if (hasDisk)
        {
            disk.Return(bytes);
        }

        charge?.Return(bytes);

        // Last: it wakes those that wait for it, and they need the others, too.
        spills.Return(bytes);
    }
}
