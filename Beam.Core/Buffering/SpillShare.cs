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
    /// Whether other spilled bytes are in the way: then a place in its line tells when that has changed. For the others a reader's coming
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

    /// <summary>Makes a place in the line for the share. What is granted there is leased with <see cref="TryUse"/>.</summary>
    public BudgetPlace CreatePlace() => new(spills, BudgetPriority.Essential);

    /// <summary>Leases also from the others what the share has granted.</summary>
    /// <returns><see langword="false"/> when they have no room; then nothing is leased any more.</returns>
    public bool TryUse(long bytes)
    {
        if (charge?.TryTake(bytes) == false)
        {
            spills.Return(bytes);
            return false;
        }

        if (!disk.TryLease(bytes, BudgetPriority.Essential))
        {
            Return(bytes, hasDisk: false);
            return false;
        }

        return true;
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
