namespace Beam.AspNetCore.Events;

/// <summary>What a feed tells at one moment, written once for all watchers.</summary>
/// <remarks>A frame says everything. So a slow reader can get only the newest frame, and misses nothing that still counts.</remarks>
/// <param name="state">A number that grows with each change of state.</param>
/// <param name="data">A number that grows with everything that the feed tells.</param>
/// <param name="whole">The event for a watcher that does not know the state yet.</param>
/// <param name="brief">The event for a watcher that knows the state.</param>
/// <param name="isFinal">Whether nothing comes after it.</param>
internal sealed class EventFrame(long state, long data, ReadOnlyMemory<byte> whole, ReadOnlyMemory<byte> brief, bool isFinal)
{
    // A comment (WHATWG, server-sent events): it shows proxies that the connection lives, and shows us that the client does.
    private static readonly ReadOnlyMemory<byte> Beat = ": \n\n"u8.ToArray();

    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long State => state;

    public long Data => data;

    public bool IsFinal => isFinal;

    /// <summary>Gets the task that ends when there is a newer frame.</summary>
    public Task Replaced => _replaced.Task;

    /// <summary>A frame that tells nothing: before the first look, or after the last.</summary>
    public static EventFrame Empty(bool isFinal) => new(0, 0, default, default, isFinal);

    /// <summary>This frame once more: only a beat for a watcher that has seen it.</summary>
    public EventFrame Again() => new(state, data, whole, brief, isFinal);

    /// <summary>The bytes for a watcher that has seen <paramref name="seen"/> last.</summary>
    public ReadOnlyMemory<byte> After(EventFrame? seen) => IsBeatAfter(seen) ? Beat : seen is null || seen.State != state ? whole : brief;

    public bool IsBeatAfter(EventFrame? seen) => seen is not null && seen.State == state && seen.Data == data;

    public void Replace() => _replaced.TrySetResult();
}
