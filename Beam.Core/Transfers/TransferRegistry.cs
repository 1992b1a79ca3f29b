using System.Collections.Concurrent;

namespace Beam.Transfers;

/// <summary>The transfers of a relay that wait or run, or that a connection has not left yet.</summary>
/// <remarks>Thread-safe. The caller reserves a place before it makes a transfer, so that there are never more than there may be.</remarks>
internal sealed class TransferRegistry(int maxTransfers)
{
    private readonly ConcurrentDictionary<string, LinkedListNode<Transfer>> _transfers = new(StringComparer.Ordinal);
    private readonly LinkedList<Transfer> _oldestFirst = new();
    private readonly Lock _lock = new();
    private readonly TransferIds _ids = new();
    private TaskCompletionSource? _emptied;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public IEnumerable<Transfer> All => _transfers.Select(static pair => pair.Value.Value);

    /// <summary>Gets a value indicating whether there is a place for a further transfer.</summary>
    public bool HasRoom => Count < maxTransfers;

    /// <summary>Takes a place for a transfer, unless all are taken.</summary>
    /// <param name="isReplacing">
    /// Whether it comes in place of a transfer that ends at this moment. Then there is a place for it, even if the other one still has
    /// connections that are about to leave.
    /// </param>
    public bool TryReserve(bool isReplacing)
    {
        // A refusal is never counted, not even for a moment in which it could refuse somebody else.
        for (var count = Count; isReplacing || count < maxTransfers;)
        {
            var before = Interlocked.CompareExchange(ref _count, count + 1, count);
            if (before == count)
            {
                return true;
            }

            count = before;
        }

        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void GiveBack()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            Volatile.Read(ref _emptied)?.TrySetResult();
        }
    }

    public string NextId() => _ids.Next();

    /// <summary>Adds a transfer whose place was reserved.</summary>
    public void Add(Transfer transfer)
    {
        lock (_lock)
        {
            _transfers[transfer.Id] = _oldestFirst.AddLast(transfer);
        }
    }

    /// <summary>Adds a transfer that a former process has begun, even if there are as many as there may be.</summary>
    public void AddRestored(Transfer transfer)
    {
        Interlocked.Increment(ref _count);
        Add(transfer);
    }

    public Transfer? Find(string id) => _transfers.GetValueOrDefault(id)?.Value;

    /// <summary>Gets the oldest transfers, without a look at the others.</summary>
    public List<Transfer> GetOldest(int most)
    {
        lock (_lock)
        {
            return [.. _oldestFirst.Take(most)];
        }
    }

    public void Remove(Transfer transfer)
    {
        if (_transfers.TryGetValue(transfer.Id, out var place)
            && ReferenceEquals(place.Value, transfer)
            && _transfers.TryRemove(new(transfer.Id, place)))
        {
            lock (_lock)
            {
                _oldestFirst.Remove(place);
            }

            GiveBack();
        }
    }

    /// <summary>Waits until there are none. The caller has made sure that no further ones can come.</summary>
    public Task WhenEmptyAsync()
    {
        // The exchange is a fence: what is read below is not older than what the last transfer to leave has seen.
        var emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        emptied = Interlocked.CompareExchange(ref _emptied, emptied, comparand: null) ?? emptied;
        if (Count == 0)
        {
            emptied.TrySetResult();
        }

        return emptied.Task;
    }

    /// <summary>Counts the transfers that wait for a side, and those that do not.</summary>
    public (int Waiting, int Running) CountByWaiting()
    {
        var waiting = All.Count(static transfer => transfer.IsWaiting());
        return (waiting, Math.Max(0, Count - waiting));
    }
}
