namespace Beam.AspNetCore.Forwarding;

/// <summary>
/// Counts the connections to each node, up to a bound. A port that the system keeps after the end of its connection counts too, because
/// nobody else can use it to that node.
/// </summary>
/// <param name="most">How many there may be to one node.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ConnectionBound(int most, TimeProvider timeProvider)
{
    // How long Linux keeps the port of a connection that it has closed first (TCP_TIMEWAIT_LEN).
    private static readonly TimeSpan KeepingTime = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Use> _uses = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Counts one more connection to a node.</summary>
    /// <returns><see langword="false"/> when there are too many.</returns>
    public bool TryTake(string node)
    {
        lock (_lock)
        {
            if (!_uses.TryGetValue(node, out var use))
            {
                _uses[node] = use = new Use();
            }

            while (use.Kept.TryPeek(out var since) && timeProvider.GetElapsedTime(since) >= KeepingTime)
            {
                use.Kept.Dequeue();
            }

            if (use.Open + use.Kept.Count >= most)
            {
                return false;
            }

            use.Open++;
            return true;
        }
    }

    /// <summary>Counts a connection less that <see cref="TryTake"/> has counted.</summary>
    /// <param name="node">The node.</param>
    /// <param name="keepsPort">Whether the system keeps the port for a while.</param>
    public void Return(string node, bool keepsPort)
    {
        lock (_lock)
        {
            var use = _uses[node];
            use.Open--;
            if (keepsPort)
            {
                use.Kept.Enqueue(timeProvider.GetTimestamp());
            }
            else if (use is { Open: 0, Kept.Count: 0 })
            {
                _uses.Remove(node);
            }
        }
    }

    private sealed class Use
    {
        public int Open { get; set; }

        /// <summary>Gets since when the system keeps which ports, the oldest first.</summary>
        public Queue<long> Kept { get; } = [];
    }
}
