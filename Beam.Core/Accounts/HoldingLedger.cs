using Beam.Buffering;
using Beam.Transfers;

namespace Beam.Accounts;

/// <summary>
/// Knows what all together, each channel and each account hold, and lets nobody take more than a limit allows. Files that are handed in
/// have a share of their own of the relay, so that others always find room.
/// </summary>
/// <remarks>Thread-safe. Nothing is called under its lock, which is the last in the order of locks.</remarks>
internal sealed class HoldingLedger(HoldingShares shares)
{
    private static readonly object Everybody = new();

    private readonly Lock _lock = new();
    private readonly Dictionary<object, HoldingBook> _books = [];

    // For what a former process has accepted. That is over no limit, and takes nothing further.
    private readonly HoldingLimit _none = new(Everybody, int.MaxValue, int.MaxValue, long.MaxValue);

    private readonly HoldingLimit _ofAll = new(Everybody, int.MaxValue, shares.Files, shares.Bytes)
    {
        TooManyFiles = TooMany(shares.Files, TransferError.TooManyHeld),
        TooManyBytes = TransferError.NoRoom,
        TooLarge = TransferError.NoRoom,
    };

    /// <summary>Charges a transfer that begins, unless a limit is in the way. Then nothing has changed.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="account">The account of its sender, if the host knows one.</param>
    /// <param name="log">What its log is for.</param>
    /// <param name="replaced">The charge of the transfer, or of the log, that ends when this one begins.</param>
    /// <returns>The charge, which the caller disposes if the transfer does not begin; or what is in the way.</returns>
    public (TransferError Error, HoldingCharge? Charge) Open(
        object channel,
        RelayAccount? account,
        ChunkBufferTerms log,
        HoldingCharge? replaced = null)
    {
        var limits = FindLimits(channel, account, log.HoldsAll);
        lock (_lock)
        {
            foreach (var limit in limits)
            {
                if (FindObstacle_NeedsLock(limit, log, replaced) is var error && error != TransferError.None)
                {
                    return (error, null);
                }
            }

            return (TransferError.None, Add_NeedsLock(limits, log.HoldsAll, account?.Name));
        }
    }

    /// <summary>Charges a file that a former process has accepted, whatever the limits are today.</summary>
    public HoldingCharge Restore(object channel, string? account, long bytes)
    {
        List<HoldingLimit> limits = [_none, _none with { Key = channel }];
        if (account is not null)
        {
            limits.Add(_none with { Key = account });
        }

        lock (_lock)
        {
            var charge = Add_NeedsLock(limits, isHeld: true, account);
            Change_NeedsLock(charge, bytes);
            return charge;
        }
    }

    /// <summary>Charges further bytes, unless a limit is in the way.</summary>
    /// <returns>The limit that is in the way; nothing has changed then.</returns>
    public TransferError TryTake(HoldingCharge charge, long bytes)
    {
        lock (_lock)
        {
            foreach (var (book, limit) in charge.Lines)
            {
                // Compared without adding, as in the budget. A book may be over a limit that was higher before a restart.
                if (bytes > limit.Bytes - book.Bytes)
                {
                    return bytes > limit.Bytes - charge.Bytes ? limit.TooLarge : limit.TooManyBytes;
                }
            }

            Change_NeedsLock(charge, bytes);
            return TransferError.None;
        }
    }

    /// <summary>Takes back no more than the charge has.</summary>
    public void Return(HoldingCharge charge, long bytes)
    {
        lock (_lock)
        {
            Change_NeedsLock(charge, -Math.Clamp(bytes, 0, charge.Bytes));
        }
    }

    /// <summary>Takes back everything.</summary>
    public void Close(HoldingCharge charge)
    {
        lock (_lock)
        {
            Change_NeedsLock(charge, -charge.Bytes);
            foreach (var (book, _) in charge.Lines)
            {
                book.Transfers--;
                book.Files -= charge.IsHeld ? 1 : 0;
                if (book.Transfers == 0)
                {
                    _books.Remove(book.Key);
                }
            }

            charge.Lines.Clear();
        }
    }

    /// <summary>Says what all together hold, or what one channel or account does.</summary>
    public (int Transfers, int Files, long Bytes) Find(object? key = null)
    {
        lock (_lock)
        {
            return _books.TryGetValue(key ?? Everybody, out var book) ? (book.Transfers, book.Files, book.Bytes) : default;
        }
    }

    private List<HoldingLimit> FindLimits(object channel, RelayAccount? account, bool isHeld)
    {
        List<HoldingLimit> limits = [];
        if (isHeld)
        {
            limits.Add(_ofAll);
            limits.Add(new HoldingLimit(channel, int.MaxValue, shares.FilesPerToken, shares.BytesPerToken)
            {
                TooManyFiles = TooMany(shares.FilesPerToken, TransferError.ChannelHoldsTooMuch),
                TooManyBytes = TransferError.ChannelHoldsTooMuch,
                TooLarge = TransferError.TooLargeToHold,
            });
        }

        if (account is not null)
        {
            limits.Add(new HoldingLimit(
                account.Name,
                account.MaxTransfers ?? int.MaxValue,
                account.MaxHeldFiles ?? int.MaxValue,
                account.MaxHeldBytes ?? long.MaxValue)
            {
                TooManyTransfers = TransferError.TooManyOfAccount,
                TooManyFiles = TransferError.AccountHoldsTooMuch,
                TooManyBytes = TransferError.AccountHoldsTooMuch,
                TooLarge = TransferError.TooLargeToHold,
            });
        }

        return limits;
    }

    private TransferError FindObstacle_NeedsLock(HoldingLimit limit, ChunkBufferTerms log, HoldingCharge? replaced)
    {
        // What the file will take at least: nothing has come of it yet.
        var neededBytes = log.Length is { } length ? DiskLease.BytesOfFile(length) : 0;
        if (log.HoldsAll && neededBytes > limit.Bytes)
        {
            return limit.TooLarge;
        }

        var book = _books.GetValueOrDefault(limit.Key);
        var before = replaced?.Lines.Exists(line => ReferenceEquals(line.Book, book)) == true ? replaced : null;
        if ((book?.Transfers ?? 0) - (before is null ? 0 : 1) >= limit.Transfers)
        {
            return limit.TooManyTransfers;
        }

        if (!log.HoldsAll)
        {
            return TransferError.None;
        }

        if ((book?.Files ?? 0) - (before?.IsHeld == true ? 1 : 0) >= limit.Files)
        {
            return limit.TooManyFiles;
        }

        // When all of it is used up, there is no room even for a file of unknown length.
        var bytes = (book?.Bytes ?? 0) - (before?.Bytes ?? 0);
        return bytes >= limit.Bytes || neededBytes > limit.Bytes - bytes ? limit.TooManyBytes : TransferError.None;
    }

    private HoldingCharge Add_NeedsLock(List<HoldingLimit> limits, bool isHeld, string? account)
    {
        var charge = new HoldingCharge(this, isHeld, account);
        foreach (var limit in limits)
        {
            if (!_books.TryGetValue(limit.Key, out var book))
            {
                book = new HoldingBook(limit.Key);
                _books.Add(limit.Key, book);
            }

            book.Transfers++;
            book.Files += isHeld ? 1 : 0;
            charge.Lines.Add((book, limit));
        }

        return charge;
    }

    /// <summary>Says what is in the way of one more: where there may be none at all, it is no use to come again later.</summary>
    private static TransferError TooMany(int files, TransferError error) => files == 0 ? TransferError.NoRoom : error;

    private static void Change_NeedsLock(HoldingCharge charge, long bytes)
    {
        charge.Bytes = checked(charge.Bytes + bytes);
        foreach (var (book, _) in charge.Lines)
        {
            book.Bytes = checked(book.Bytes + bytes);
        }
    }
}
