using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Events;

/// <summary>What is being watched. A feed lives as long as somebody watches it.</summary>
internal sealed class EventFeeds(Relay relay, IOptions<BeamHttpOptions> options, TimeProvider timeProvider, ILogger<EventFeeds> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, EventFeed> _feeds = [];
    private int _watchers;

    /// <summary>Gets how many watch.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    /// <summary>Gets how many things are watched.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _feeds.Count;
            }
        }
    }

    /// <summary>Begins to watch a transfer, or a name to which nobody has come yet.</summary>
    /// <returns>What is to be given back, or <see langword="null"/> when there are as many watchers as there may be.</returns>
    public EventWatch? TryWatch(Channel channel, string name)
        => TryWatch((channel, name), () => new TransferFeed(relay, channel, name, timeProvider, logger));

    /// <summary>Begins to watch a channel.</summary>
    /// <returns>What is to be given back, or <see langword="null"/> when there are as many watchers as there may be.</returns>
    public EventWatch? TryWatch(Token token) => TryWatch(token, () => new ChannelFeed(relay, token, timeProvider, logger));

    /// <summary>Begins to watch the whole relay.</summary>
    /// <returns>What is to be given back, or <see langword="null"/> when there are as many watchers as there may be.</returns>
    public EventWatch? TryWatchAll() => TryWatch(relay, () => new OverviewFeed(relay, timeProvider, logger));

    private EventWatch? TryWatch(object key, Func<EventFeed> create)
    {
        EventFeed? feed;
        var isNew = false;
        lock (_lock)
        {
            if (_watchers >= options.Value.MaxWatchers)
            {
                return null;
            }

            _watchers++;

            // What has come to its end may have begun anew.
            if (!_feeds.TryGetValue(key, out feed) || feed.Current.IsFinal)
            {
                isNew = true;
                feed = create();
                _feeds[key] = feed;
            }

            feed.CountWatcher(1);
        }

        if (isNew)
        {
            _ = feed.RunAsync();
        }

        return new EventWatch(feed, () => Leave(key, feed));
    }

    private void Leave(object key, EventFeed feed)
    {
        lock (_lock)
        {
            _watchers--;
            if (feed.CountWatcher(-1) > 0)
            {
                return;
            }

            if (_feeds.TryGetValue(key, out var shown) && ReferenceEquals(shown, feed))
            {
                _feeds.Remove(key);
            }
        }

        feed.Dispose();
    }
}
