using Beam.AspNetCore.Events;
using Beam.AspNetCore.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Events;

/// <summary>A transfer that very many watch.</summary>
[Trait("Rule", "P25")]
public sealed class ManyWatchersTests : HttpTests
{
    private const int Watchers = 1_000;
    private const int Bytes = 32 * 1024 * 1024;

    [Fact]
    public async Task Transfer_Arrives_AndEveryWatcherSeesTheOutcome()
    {
        var server = await StartServerAsync();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true })
        {
            BaseAddress = new Uri(server.Url("", Wire.H2c) + "/"),
            DefaultRequestVersion = new Version(2, 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(120),
        };
        var token = server.Mint();
        var watchers = new List<EventReader>(Watchers);
        while (watchers.Count < Watchers)
        {
            watchers.AddRange(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => EventReader.OpenAsync(client, $"{token}/a?events"))));
        }

        var outcomes = Task.WhenAll(watchers.Select(static watcher => watcher.ReadToEndAsync()));
        var feeds = server.Services.GetRequiredService<EventFeeds>();
        Assert.Equal((1, Watchers), (feeds.Count, feeds.Watchers));

        using var folder = new TempFolder();
        var file = folder.Write("a", TestBytes.Create(seed: 1, Bytes));
        var receiver = Curl("--fail", "-o", folder["b"], server.Url($"{token}/a"));
        var sender = Curl("--fail", "-T", file, server.Url($"{token}/a"));

        Assert.Equal((0, 0), (await sender.WaitAsync(TimeSpan.FromSeconds(60)), await receiver.WaitAsync(TimeSpan.FromSeconds(60))));
        Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(folder["b"]));
        Assert.All(await outcomes, static events =>
        {
            Assert.Equal("outcome", events[^1].EventType);
            Assert.Equal((long)Bytes, events[^1].Data.GetProperty("bytesSent").GetInt64());
        });
        await Eventually.TrueAsync(() => (feeds.Count, feeds.Watchers) == (0, 0), "nothing is watched");
    }
}
