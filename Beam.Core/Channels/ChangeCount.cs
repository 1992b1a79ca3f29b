namespace Beam.Transfers;

/// <summary>
/// Counts what changes in a channel. Those who watch it look again only when the count has grown: a channel in which nothing happens costs
/// them nothing.
/// </summary>
/// <remarks>
/// Thread-safe. The parts of a channel note their changes, most of them under the channel's lock. What is changed outside the lock is noted
/// after the change.
/// </remarks>
internal sealed class ChangeCount
{
    private long _count;

    public long Value => Interlocked.Read(ref _count);

    public void Note() => Interlocked.Increment(ref _count);
}
