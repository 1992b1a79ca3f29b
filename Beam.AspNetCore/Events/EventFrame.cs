namespace Beam.AspNetCore.Events;

/// <summary>What a feed tells at one moment, written out once for all who watch.</summary>
/// <remarks>A frame says everything that there is to say, so that who reads slowly is given the newest and misses nothing that still counts.</remarks>
/// <param name="state">A number that grows with what is told as a change of state.</param>
/// <param name="data">A number that grows with everything that is told.</param>
/// <param name="whole">The event for who does not know the state yet.</param>
/// <param name="brief">The event for who knows the state.</param>
/// <param name="isFinal">Whether nothing comes after it.</param>
internal sealed class EventFrame(long state, long data, ReadOnlyMemory<byte> whole, ReadOnlyMemory<byte> brief, bool isFinal)
{
    // A comment (WHATWG, server-sent events): proxies see that the connection lives, and we that the client does.
    private static readonly ReadOnlyMemory<byte> Beat = ": \n\n"u8.ToArray();

    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long State => state;

    public long Data => data;

    public bool IsFinal => isFinal;

    /// <summary>Gets the task that ends when there is a newer frame.</summary>
    public Task Replaced => _replaced.Task;

    /// <summary>What is told before the first look, or after the last: nothing.</summary>
    public static EventFrame Empty(bool isFinal) => new(0, 0, default, default, isFinal);

    /// <summary>The same once more: a beat for who has been told.</summary>
    public EventFrame Again() => new(state, data, whole, brief, isFinal);

    /// <summary>The bytes for a watcher that was last given <paramref name="seen"/>.</summary>
    public ReadOnlyMemory<byte> After(EventFrame? seen) => IsBeatAfter(seen) ? Beat : seen is null || seen.State != state ? whole : brief;

    public bool IsBeatAfter(EventFrame? seen) => seen is not null && seen.State == state && seen.Data == data;

    public void Replace() => _replaced.TrySetResult();
}
