using System.Net;
using System.Runtime.InteropServices;
using Beam.AspNetCore.Channels;
using Beam.AspNetCore.Overview;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Status;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Events;

/// <summary>What is being watched. A feed lives as long as somebody watches it.</summary>
internal sealed class EventFeeds(Relay relay, IOptions<BeamHttpOptions> options, TimeProvider timeProvider, ILogger<EventFeeds> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, EventFeed> _feeds = [];
    private readonly Dictionary<IPNetwork, int> _addresses = [];
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

    /// <summary>Gets how many addresses they watch from, those without one aside.</summary>
    public int Addresses
    {
        get
        {
            lock (_lock)
            {
                return _addresses.Count;
            }
        }
    }

    /// <summary>Begins to watch a transfer, or a name to which nobody has come yet.</summary>
    /// <param name="context">The watcher's request.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="name">The name.</param>
    /// <param name="refusal">What the watcher is answered when there are as many as there may be.</param>
    /// <returns>What is to be given back, or <see langword="null"/>.</returns>
    public EventWatch? TryWatch(HttpContext context, Channel channel, string name, out WatchRefusal refusal)
        => TryWatch(context, (channel, name), () => new TransferFeed(relay, channel, name, timeProvider, logger), out refusal);

    /// <summary>Begins to watch a channel.</summary>
    public EventWatch? TryWatch(HttpContext context, Token token, out WatchRefusal refusal)
        => TryWatch(context, token, () => new ChannelFeed(relay, token, timeProvider, logger), out refusal);

    /// <summary>Begins to watch the whole relay.</summary>
    public EventWatch? TryWatchAll(HttpContext context, out WatchRefusal refusal)
        => TryWatch(context, relay, () => new OverviewFeed(relay, timeProvider, logger), out refusal);

    private EventWatch? TryWatch(HttpContext context, object key, Func<EventFeed> create, out WatchRefusal refusal)
    {
        var address = ClientNetwork.Of(context);
        EventFeed? feed;
        var isNew = false;
        lock (_lock)
        {
            refusal = FindObstacle_NeedsLock(address);
            if (refusal != WatchRefusal.None)
            {
                return null;
            }

            if (address is { } from)
            {
                _addresses[from] = _addresses.GetValueOrDefault(from) + 1;
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

        return new EventWatch(feed, () => Leave(address, key, feed));
    }

    private WatchRefusal FindObstacle_NeedsLock(IPNetwork? address)
    {
        if (address is { } from && _addresses.GetValueOrDefault(from) >= options.Value.MaxWatchersPerAddress)
        {
            return WatchRefusal.AddressFull;
        }

        return _watchers >= options.Value.MaxWatchers ? WatchRefusal.Full : WatchRefusal.None;
    }

    private void Leave(IPNetwork? address, object key, EventFeed feed)
    {
        lock (_lock)
        {
            _watchers--;
            if (address is { } from && --CollectionsMarshal.GetValueRefOrNullRef(_addresses, from) == 0)
            {
                _addresses.Remove(from);
            }

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
