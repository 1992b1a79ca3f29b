using System.Net;
using System.Text.Json;
using Beam.AspNetCore.Events;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Events;

/// <summary>What a watcher learns of a transfer, and what the relay keeps from it.</summary>
[Trait("Rule", "P25")]
public sealed class EventStreamTests : HttpTests
{
    [Fact]
    public async Task Watcher_SeesATransfer_FromBeforeAnybodyHasComeToItsEnd()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var watcher = await WatchAsync(server, $"{server.Mint(token, TokenRights.Receive)}/a");

        var nobody = await watcher.ReadAsync("state");
        Assert.Equal(("a", "waiting", "awaited"), (Text(nobody, "name"), Text(nobody, "state"), Text(nobody, "sender")));
        Assert.Equal(JsonValueKind.Null, nobody.GetProperty("startedAt").ValueKind);

        var sent = server.Client.PutAsync($"{token}/a", new StringContent("some text"));
        var waiting = await watcher.ReadUntilAsync("state", static body => Text(body, "state") == "waiting-for-receiver");
        Assert.Equal(9, waiting.GetProperty("length").GetInt64());

        Assert.Equal("some text", await server.Client.GetStringAsync($"{token}/a"));
        using var answer = await sent;
        var outcome = (await watcher.ReadToEndAsync())[^1];
        Assert.Equal(("outcome", "finished"), (outcome.EventType, Text(outcome.Data, "state")));
        Assert.Equal(9, outcome.Data.GetProperty("bytesSent").GetInt64());
        Assert.Contains(Text(outcome.Data, "outcome"), new[] { "sent", "confirmed" });
    }

    [Fact]
    public async Task Events_SayWhatStatusSays_AndHowFastItGoes()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var sent = server.Client.PutAsync($"{token}/a", new StringContent("some text"));
        await server.WaitForAsync(static transfer => transfer.BytesReceived == 9);
        var watcher = await WatchAsync(server, $"{token}/a");

        var live = await watcher.ReadAsync("state");

        using var status = JsonDocument.Parse(await server.Client.GetStringAsync($"{token}/a?status"));
        Assert.Equal(
            [.. status.RootElement.EnumerateObject().Select(static property => property.Name), "bytesPerSecond", "secondsLeft"],
            live.EnumerateObject().Select(static property => property.Name));
        Assert.Equal("some text", await server.Client.GetStringAsync($"{token}/a"));
        using var answer = await sent;
    }

    [Fact]
    public async Task Curl_SeesProgress_LineByLine()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var sender = Curl(new ClientProcessOptions { KeepInputOpen = true }, "--fail", "-T", "-", server.Url($"{token}/a"));
        var receiver = Curl("--fail", server.Url($"{token}/a"));
        var watcher = Curl("-N", "-i", "--fail", server.Url($"{token}/a?events"));
        await watcher.WaitForOutputAsync("event: state\ndata: {\"name\":\"a\"");

        await sender.StandardInput.WriteAsync(new byte[1000]);
        await sender.StandardInput.FlushAsync();
        await watcher.WaitForOutputAsync("\"bytesSent\":1000,");
        await sender.StandardInput.WriteAsync(new byte[500]);
        await sender.StandardInput.FlushAsync();
        await watcher.WaitForOutputAsync("\"bytesSent\":1500,");
        sender.StandardInput.Close();

        Assert.Equal(0, await watcher.WaitAsync());
        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Contains("event: progress\ndata: {", watcher.OutputText, StringComparison.Ordinal);
        Assert.Contains("event: outcome\ndata: {", watcher.OutputText, StringComparison.Ordinal);
        Assert.Contains("X-Accel-Buffering: no\r\n", watcher.OutputText, StringComparison.Ordinal);
        Assert.Contains("Cache-Control: no-store\r\n", watcher.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcceptHeader_AsksForEvents()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var watcher = Own(await EventReader.OpenAsync(
            server.Client, $"{token}/a", static request => request.Headers.TryAddWithoutValidation("Accept", "text/event-stream")));

        Assert.Equal("waiting", Text(await watcher.ReadAsync("state"), "state"));
        Assert.Equal(0, server.Relay.TransferCount);
    }

    [Fact]
    public async Task LateWatcher_GetsTheOutcome_AndTheEnd()
    {
        var server = await StartServerAsync();
        var token = await DeliverAsync(server, "a");
        var watcher = await WatchAsync(server, $"{token}/a");

        var only = Assert.Single(await watcher.ReadToEndAsync());

        Assert.Equal(("outcome", "finished"), (only.EventType, Text(only.Data, "state")));
        using var again = new HttpRequestMessage(HttpMethod.Get, $"{token}/a?events");
        again.Headers.Add("Last-Event-ID", only.EventId);
        using var nothing = await server.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NoContent, nothing.StatusCode);
    }

    [Fact]
    public async Task Failure_IsAnOutcome()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var watcher = await WatchAsync(server, $"{token}/a");
        using var sent = await server.Client.PutAsync($"{token}/a?wait=1", new StringContent("never read"));

        var outcome = (await watcher.ReadToEndAsync())[^1];

        Assert.Equal(("outcome", "failed", "no_receiver"), (outcome.EventType, Text(outcome.Data, "outcome"), Text(outcome.Data, "error")));
    }

    [Fact]
    public async Task Watcher_GoesOn_WhenAReceiverHasWaitedInVain()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var watcher = await WatchAsync(server, $"{token}/a");
        await watcher.ReadAsync("state");

        var receiver = Curl(server.Url($"{token}/a"));
        await watcher.ReadUntilAsync("state", static body => Text(body, "state") == "waiting-for-sender");
        receiver.Kill();

        await watcher.ReadUntilAsync("state", static body => Text(body, "state") == "waiting");
    }

    [Fact]
    [Trait("Rule", "P21")]
    public async Task Watching_TakesNoPlace_AndNoUse()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var link = server.Mint(token, TokenRights.Receive, uses: 1);
        var watchers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WatchAsync(server, $"{link}/a")));
        var sent = server.Client.PutAsync($"{token}/a", new StringContent("some text"));
        await Task.WhenAll(watchers.Select(static watcher
            => watcher.ReadUntilAsync("state", static body => Text(body, "state") == "waiting-for-receiver")));

        Assert.Equal(1, server.Relay.Tokens.Find(link)!.UsesLeft);
        Assert.Equal("some text", await server.Client.GetStringAsync($"{link}/a"));
        using var answer = await sent;
        Assert.True(answer.IsSuccessStatusCode);
        Assert.All(
            await Task.WhenAll(watchers.Select(static watcher => watcher.ReadToEndAsync())),
            static events => Assert.Equal("outcome", events[^1].EventType));
    }

    [Fact]
    [Trait("Rule", "P5")]
    public async Task Watcher_LeavesNothing_WhenItGoes()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var feeds = server.Services.GetRequiredService<EventFeeds>();
        var staying = await WatchAsync(server, $"{token}/a");
        var going = Curl("-N", server.Url($"{token}/a?events"));
        await going.WaitForOutputAsync("event: state");
        Assert.Equal((1, 2), (feeds.Count, feeds.Watchers));

        going.Kill();
        await Eventually.TrueAsync(() => feeds.Watchers == 1, "the dead watcher is gone");
        Assert.Equal(1, feeds.Count);
        await staying.DisposeAsync();
        await Eventually.TrueAsync(() => (feeds.Count, feeds.Watchers) == (0, 0), "nothing is watched");
    }

    [Fact]
    public async Task Watchers_AreRefused_OverTheLimit()
    {
        var server = await StartServerAsync(static setup => setup.HttpOptions = static options => options.MaxWatchers = 1);
        var token = server.Mint();
        await WatchAsync(server, $"{token}/a");

        using var second = await server.Client.GetAsync($"{token}/b?events");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.NotNull(second.Headers.RetryAfter);
    }

    [Fact]
    public async Task Watchers_OfOneAddress_LeaveRoomForOthers()
    {
        var server = await StartServerAsync(static setup => setup.HttpOptions = static options => options.MaxWatchersPerAddress = 1);
        var token = server.Mint();
        var feeds = server.Services.GetRequiredService<EventFeeds>();
        var first = await WatchAsync(server, $"{token}/a");

        foreach (var path in new[] { $"{token}/a", $"{token}/b", token })
        {
            using var second = await server.Client.GetAsync(path + "?events");
            Assert.Equal((HttpStatusCode.TooManyRequests, "5"), (second.StatusCode, second.Headers.RetryAfter?.ToString()));
        }

        var other = Curl("-N", "--interface", "127.0.0.2", server.Url($"{token}/a?events"));
        await other.WaitForOutputAsync("event: state");
        Assert.Equal((2, 2), (feeds.Watchers, feeds.Addresses));
        other.Kill();
        await first.DisposeAsync();
        await Eventually.TrueAsync(() => (feeds.Watchers, feeds.Addresses) == (0, 0), "nobody watches");
        await WatchAsync(server, $"{token}/a");
    }

    [Theory]
    [InlineData("unknown/a", HttpStatusCode.NotFound)]
    [InlineData("unknown", HttpStatusCode.NotFound)]
    [InlineData("", HttpStatusCode.Forbidden)]
    public async Task Strangers_SeeNothing(string path, HttpStatusCode expected)
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.GetAsync($"{path}?events");

        Assert.Equal(expected, answer.StatusCode);
    }

    internal static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();

    private async Task<EventReader> WatchAsync(BeamServer server, string path)
        => Own(await EventReader.OpenAsync(server.Client, path + "?events"));

    private static async Task<string> DeliverAsync(BeamServer server, string name)
    {
        var token = server.Mint();
        var sent = server.Client.PutAsync($"{token}/{name}", new StringContent("some text"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        Assert.Equal("some text", await server.Client.GetStringAsync($"{token}/{name}"));
        using var answer = await sent;
        return token;
    }
}
