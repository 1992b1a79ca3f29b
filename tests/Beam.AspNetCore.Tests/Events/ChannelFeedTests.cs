using System.Text;
using System.Text.Json;
using Beam.AspNetCore.Channels;
using Beam.AspNetCore.Events;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beam.AspNetCore.Tests.Events;

/// <summary>What watching a channel costs: a look for each change and kind of rights, and nothing while nothing happens.</summary>
[Trait("Rule", "P25")]
[Trait("Rule", "P38")]
public sealed class ChannelFeedTests : HttpTests
{
    private const int Files = 100;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Feed_LooksOnceForEachChange_AndNeverOtherwise()
    {
        await using var services = Start();
        var relay = services.GetRequiredService<Relay>();
        var token = (await relay.Tokens.MintAsync())!.Token;
        for (var i = 0; i < Files; i++)
        {
            Join(relay, token, $"{i}");
        }

        using var feed = Watch(relay, token);
        await ReadAsync(feed, Files);
        Assert.Equal(1, feed.Looks);

        // A minute in which nothing happens, and one change.
        Pass(seconds: 60);
        Join(relay, token, "one more");
        await ReadAsync(feed, Files + 1);
        Assert.Equal(2, feed.Looks);

        // Another channel is no concern of this one.
        Join(relay, (await relay.Tokens.MintAsync())!.Token, "elsewhere");
        Pass(seconds: 60);
        Join(relay, token, "another");
        await ReadAsync(feed, Files + 2);
        Assert.Equal(3, feed.Looks);
    }

    [Fact]
    public async Task Feed_TellsLessOften_TheMoreWatchersThereAre()
    {
        await using var services = Start();
        var relay = services.GetRequiredService<Relay>();
        var token = (await relay.Tokens.MintAsync())!.Token;
        using var feed = Watch(relay, token);
        await ReadAsync(feed, 0);
        feed.CountWatcher(3_000);

        for (var i = 0; i < 12; i++)
        {
            Join(relay, token, $"{i}");
            _clock.Advance(Tick);
        }

        _clock.Advance(TimeSpan.FromSeconds(3));
        await ReadAsync(feed, 12);
        Assert.InRange(feed.Looks, 2, 4);
    }

    [Fact]
    [Trait("Rule", "P9")]
    public async Task Feed_OfThoseWhoMayOnlySend_TellsNothingOfFiles()
    {
        await using var services = Start();
        var relay = services.GetRequiredService<Relay>();
        var token = (await relay.Tokens.MintAsync())!.Token;
        using var feed = Watch(relay, (await relay.Tokens.MintSubTokenAsync(token, TokenRights.Send))!.Token);
        await Eventually.TrueAsync(() => feed.Current.Data == 1, "there is something to tell");

        Join(relay, token, "secret");
        _clock.Advance(Tick);
        await Eventually.TrueAsync(() => feed.Looks == 2, "it has looked");
        _clock.Advance(Tick);

        Assert.Equal(1, feed.Current.Data);
    }

    [Fact]
    public async Task Watchers_ShareAFeed_ForEachKindOfRights()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        TokenRights[] kinds = [TokenRights.All, TokenRights.Receive, TokenRights.Send];
        var links = Enumerable.Range(0, 90).Select(i => server.Mint(token, kinds[i % 3])).ToList();
        var feeds = server.Services.GetRequiredService<EventFeeds>();
        var watchers = new List<EventReader>();
        foreach (var link in links)
        {
            watchers.Add(Own(await EventReader.OpenAsync(server.Client, $"{link}?events")));
        }

        Assert.Equal((3, 90), (feeds.Count, feeds.Watchers));
        var receiver = Curl(server.Url($"{token}/a"));
        await Task.WhenAll(watchers.Select(async (watcher, at) =>
        {
            var rights = kinds[at % 3];
            var seen = await watcher.ReadUntilAsync(
                "channel",
                body => rights == TokenRights.Send || body.GetProperty("transfers").GetArrayLength() == 1);
            Assert.Equal(rights == TokenRights.Send, seen.GetProperty("transfers").ValueKind == JsonValueKind.Null);
        }));
        receiver.Kill();
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Watcher_WhoseLinkIsRevoked_HearsNoMore_AndTheOthersGoOn()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var link = server.Mint(token, TokenRights.All);
        var (staying, going) = (await WatchAsync(server, token), await WatchAsync(server, link));
        await staying.ReadAsync("channel");
        await going.ReadAsync("channel");

        using var revoked = await server.Client.DeleteAsync(link);
        Assert.Null(await going.TryReadAsync());

        var receiver = Curl(server.Url($"{token}/a"));
        await staying.ReadUntilAsync("channel", static body => body.GetProperty("transfers").GetArrayLength() == 1);
        receiver.Kill();
    }

    private static int Count(ChannelFeed feed)
    {
        var text = Encoding.UTF8.GetString(feed.Current.After(seen: null).Span);
        return text.Length == 0 ? -1 : text.Split("\"startedAt\"").Length - 1;
    }

    private static void Join(Relay relay, Token token, string name)
        => Assert.Equal(TransferError.None, relay.JoinAsSender(token, name, new TransferDescription(1)).Error);

    private ChannelFeed Watch(Relay relay, Token token)
    {
        var feed = new ChannelFeed(relay, token.Channel, token.Rights, _clock, NullLogger.Instance);
        _ = feed.RunAsync();
        return feed;
    }

    private void Pass(int seconds)
    {
        for (var tick = 0; tick < 2 * seconds; tick++)
        {
            _clock.Advance(Tick);
        }
    }

    /// <summary>Waits until the feed tells of so many transfers.</summary>
    private async Task ReadAsync(ChannelFeed feed, int transfers)
    {
        _clock.Advance(Tick);
        await Eventually.TrueAsync(() => Count(feed) == transfers, $"it tells of {transfers} transfers");
    }

    private ServiceProvider Start()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_clock);
        services.AddLogging();
        services.AddBeam(static options => options.MaxWaitingTransfersPerToken = 1_000);
        return services.BuildServiceProvider();
    }

    private async Task<EventReader> WatchAsync(BeamServer server, string token)
        => Own(await EventReader.OpenAsync(server.Client, $"{token}?events"));
}
