using System.Text.Json;
using Beam.AspNetCore.Events;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beam.AspNetCore.Tests.Events;

/// <summary>When watchers get an event, and when their events end.</summary>
[Trait("Rule", "P25")]
public sealed class EventTimingTests : HttpTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task Progress_ComesAtMostFourTimesASecond()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var token = server.Mint();
        var sender = Curl(new ClientProcessOptions { KeepInputOpen = true }, "-T", "-", server.Url($"{token}/a"));
        var receiver = Curl(server.Url($"{token}/a"));
        await server.WaitForAsync(TransferState.Streaming);
        var watcher = await WatchAsync(server, $"{token}/a");
        await watcher.ReadAsync("state");

        // Two seconds in which bytes flow all the time.
        for (var piece = 1; piece <= 80; piece++)
        {
            await sender.StandardInput.WriteAsync(new byte[100]);
            await sender.StandardInput.FlushAsync();
            await server.WaitForAsync(transfer => transfer.BytesSent == piece * 100);
            clock.Advance(Tick / 10);
        }

        sender.StandardInput.Close();
        await Task.WhenAll(sender.WaitAsync(), receiver.WaitAsync());
        await EndAsync(clock, watcher, events => Assert.InRange(events.Count(static item => item == "progress"), 1, 9));
    }

    [Fact]
    public async Task Progress_SaysHowFastItGoes_AndHowLongItTakes()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var token = server.Mint();
        var sender = Curl(
            new ClientProcessOptions { KeepInputOpen = true },
            "-T", "-", "-H", "Content-Length: 10000", "-H", "Transfer-Encoding:", server.Url($"{token}/a"));
        var receiver = Curl(server.Url($"{token}/a"));
        await server.WaitForAsync(TransferState.Streaming);
        var watcher = await WatchAsync(server, $"{token}/a");
        await watcher.ReadAsync("state");

        await sender.StandardInput.WriteAsync(new byte[1000]);
        await sender.StandardInput.FlushAsync();
        await server.WaitForAsync(static transfer => transfer.BytesSent == 1000);
        clock.Advance(Tick);
        var progress = await watcher.ReadAsync("progress");

        Assert.Equal((4000, 3), (progress.GetProperty("bytesPerSecond").GetInt64(), progress.GetProperty("secondsLeft").GetInt64()));
        await sender.StandardInput.WriteAsync(new byte[9000]);
        sender.StandardInput.Close();
        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Watcher_IsToldThatTheTokenHasEnded_WhenNobodyCame()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var token = server.Mint();
        var watcher = await WatchAsync(server, $"{token}/a");
        await watcher.ReadAsync("state");

        clock.Advance(TimeSpan.FromMinutes(20));
        clock.Advance(TimeSpan.FromSeconds(16));
        var end = await watcher.TryReadAsync();

        Assert.Equal(
            ("outcome", "failed", "token_ended"),
            (end?.EventType, Text(end!.Value.Data, "outcome"), Text(end.Value.Data, "error")));
        Assert.Null(await watcher.TryReadAsync());
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Watcher_IsToldNoMore_WhenItsTokenIsRevoked()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var token = server.Mint();
        var link = server.Mint(token, TokenRights.Receive);
        var sent = server.Client.PutAsync($"{token}/a", new StringContent("some text"));
        await server.WaitForAsync(static transfer => transfer.BytesReceived == 9);
        var watcher = await WatchAsync(server, $"{link}/a");
        await watcher.ReadAsync("state");
        clock.Advance(Tick);
        await watcher.ReadAsync("progress");

        server.Relay.RevokeAsync(server.Relay.Tokens.Find(link)!).AtOnce();
        clock.Advance(Tick);

        Assert.Equal("token_ended", Text((await watcher.ReadToEndAsync())[^1].Data, "error"));
        Assert.Equal("some text", await server.Client.GetStringAsync($"{token}/a"));
        using var answer = await sent;
    }

    [Fact]
    [Trait("Rule", "P11")]
    public async Task Watcher_IsNotToldTheOutcome_WhenItsTokenIsRevoked()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var token = server.Mint();
        var link = server.Mint(token, TokenRights.Receive);
        var sent = server.Client.PutAsync($"{token}/a", new StringContent("some text"));
        await server.WaitForAsync(static transfer => transfer.BytesReceived == 9);
        var watcher = await WatchAsync(server, $"{link}/a");
        await watcher.ReadAsync("state");

        server.Relay.RevokeAsync(server.Relay.Tokens.Find(link)!).AtOnce();
        Assert.Equal("some text", await server.Client.GetStringAsync($"{token}/a"));
        using var answer = await sent.Soon();
        clock.Advance(Tick);

        var told = Assert.Single(await watcher.ReadToEndAsync());
        Assert.Equal(("failed", "token_ended"), (Text(told.Data, "outcome"), Text(told.Data, "error")));
    }

    [Fact]
    public async Task Silence_IsFilledWithComments()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var watcher = Curl("-N", server.Url($"{server.Mint()}/a?events"));
        await watcher.WaitForOutputAsync("event: state");

        clock.Advance(TimeSpan.FromSeconds(16));

        await watcher.WaitForOutputAsync("\n\n: \n\n");
    }

    [Fact]
    public async Task Watcher_IsToldOfTheEnd_WhenTheServerStops()
    {
        var server = await StartServerAsync();
        var watcher = await WatchAsync(server, $"{server.Mint()}/a");
        await watcher.ReadAsync("state");

        var stopped = server.StopAsync();

        Assert.Equal("shutting_down", Text(await watcher.ReadAsync("outcome"), "error"));
        await stopped.Soon();
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task Watcher_IsCut_WhenItTakesNothing()
    {
        var clock = new FakeClock();
        using var stuck = new StuckStream();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(stuck));
        var lifetime = new Lifetime();
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        using var feed = new OneFrameFeed(clock);
        _ = feed.RunAsync();

        var watching = EventStream.WriteAsync(context, feed, TimeSpan.FromSeconds(60), clock, static () => default);
        await stuck.Written.Soon();
        await clock.WaitForTimersAsync(2);
        clock.Advance(TimeSpan.FromSeconds(60));

        await watching.Soon();
        Assert.True(lifetime.IsAborted);
    }

    private static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();

    private async Task<EventReader> WatchAsync(BeamServer server, string path)
        => Own(await EventReader.OpenAsync(server.Client, path + "?events"));

    private static async Task EndAsync(FakeClock clock, EventReader watcher, Action<List<string>> check)
    {
        clock.Advance(Tick);
        check([.. (await watcher.ReadToEndAsync()).Select(static item => item.EventType)]);
    }

    private sealed class OneFrameFeed(TimeProvider timeProvider) : EventFeed(Tick, timeProvider, NullLogger.Instance)
    {
        protected override ValueTask<EventFrame?> SampleAsync(EventFrame last)
            => new(last.Data > 0 ? null : new EventFrame(1, 1, "data: x\n\n"u8.ToArray(), default, isFinal: false));
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public bool IsAborted { get; private set; }

        public void Abort() => IsAborted = true;
    }

    private sealed class StuckStream : MemoryStream
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Written => _written.Task;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        }
    }
}
