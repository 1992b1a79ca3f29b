namespace Beam.AspNetCore.Events;

/// <summary>One watcher's part in a feed. Dispose it once.</summary>
internal sealed class EventWatch(EventFeed feed, Action leave) : IDisposable
{
    public EventFeed Feed { get; } = feed;

    public void Dispose() => leave();
}
