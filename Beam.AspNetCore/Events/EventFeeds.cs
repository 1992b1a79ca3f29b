using System.Net;
using System.Runtime.InteropServices;
using Beam.AspNetCore.Diagnostics;
using Beam.AspNetCore.Quotas;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Events;

/// <summary>Everything that somebody watches. A feed lives as long as it has a watcher.</summary>
internal sealed class EventFeeds
{
    private readonly IOptions<BeamHttpOptions> _options;
    private readonly ILogger<EventFeeds> _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<object, EventFeed> _feeds = [];
    private readonly Dictionary<IPNetwork, int> _addresses = [];
    private int _watchers;

    public EventFeeds(IOptions<BeamHttpOptions> options, HttpMetrics metrics, ILogger<EventFeeds> logger)
    {
        _options = options;
        _logger = logger;
        metrics.ObserveWatchers(() => Watchers);
    }

    /// <summary>Gets how many watchers there are.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    /// <summary>Gets how many things they watch.</summary>
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

    /// <summary>Gets how many addresses they watch from. Watchers without an address do not count.</summary>
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

    /// <summary>Begins to watch something.</summary>
    /// <param name="context">The watcher's request.</param>
    /// <param name="key">What the client watches: all watchers of a key share a feed.</param>
    /// <param name="create">Makes the feed for the first watcher.</param>
    /// <param name="refusal">Why the client may not watch, when there are too many watchers.</param>
    /// <returns>The watch, which the caller disposes; <see langword="null"/> when the client may not watch.</returns>
    public EventWatch? TryWatch(HttpContext context, object key, Func<ILogger, EventFeed> create, out WatchRefusal refusal)
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

            // A thing that has ended may have begun anew.
            if (!_feeds.TryGetValue(key, out feed) || feed.Current.IsFinal)
            {
                isNew = true;
                feed = create(_logger);
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
        if (address is { } from && _addresses.GetValueOrDefault(from) >= _options.Value.MaxWatchersPerAddress)
        {
            return WatchRefusal.AddressFull;
        }

        return _watchers >= _options.Value.MaxWatchers ? WatchRefusal.Full : WatchRefusal.None;
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
