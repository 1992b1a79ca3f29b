using System.Diagnostics;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.AspNetCore.Tests.Diagnostics;

/// <summary>What is logged and traced of a sender can be put together with what is logged and traced of its receiver.</summary>
public sealed class RequestTrailTests : HttpTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BothSides_AreLogged_UnderTheTransfersId(bool isOneShot)
    {
        var server = await StartServerAsync();
        using var folder = new TempFolder();
        var file = folder.Write("a", "some text"u8);
        var url = isOneShot ? "" : server.Url($"{server.Mint()}/a");
        var sender = Curl("--fail", "-T", file, isOneShot ? server.Url("") + "/" : url);
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        var id = Assert.Single(server.Relay.GetSnapshot().Transfers).Id;
        if (isOneShot)
        {
            await sender.WaitForOutputAsync("\n");
            url = sender.OutputText.Split('\n')[0];
        }

        Assert.Equal((0, 0), (await Curl("--fail", url).WaitAsync(), await sender.WaitAsync()));
        await Eventually.TrueAsync(() => server.Logs.Entries.Count(static entry => entry.EventId.Id == 2004) == 2, "both sides have ended");

        var lines = server.Logs.Entries.Where(static entry => entry.EventId.Id is 1000 or 2003 or 2004).ToList();
        Assert.Equal(5, lines.Count);
        Assert.All(lines, line => Assert.Contains(id, line.Message, StringComparison.Ordinal));
        Assert.All(
            ["sender", "receiver"],
            side => Assert.Equal(2, lines.Count(line => line.Message.Contains(" " + side + " ", StringComparison.Ordinal))));
        Assert.All(
            lines.Where(static line => line.EventId.Id != 1000),
            line => Assert.Contains(line.Scopes, scope => scope.Contains($"of transfer {id} ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("PUT", "Content-Length: 100000\r\n", TransferState.WaitingForReceiver)]
    [InlineData("GET", "", TransferState.WaitingForSender)]
    [Trait("Rule", "P2")]
    public async Task Client_ThatLeavesWhileItWaits_IsLoggedAs499(string method, string header, TransferState state)
    {
        var server = await StartServerAsync();
        var client = await ConnectAsync(server);
        await client.SendAsync($"{method} /{server.Mint()}/a HTTP/1.1\r\nHost: localhost\r\n{header}\r\n");
        await server.WaitForAsync(state);

        client.Reset();
        await server.WaitUntilEmptyAsync();

        await Eventually.TrueAsync(() => server.Logs.Entries.Any(static entry => entry.EventId.Id == 2004), "the request has ended");
        var ended = server.Logs.Entries.Single(static entry => entry.EventId.Id == 2004);
        Assert.EndsWith("with status 499.", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Activity_OfARequest_HasTheTransfersId()
    {
        var tags = new System.Collections.Concurrent.ConcurrentBag<object?>();
        var server = await StartServerAsync(setup => setup.App = app => app.Use(async (HttpContext context, RequestDelegate next) =>
        {
            using var activity = new Activity("request").Start();
            context.Features.Set<IHttpActivityFeature>(new ActivityFeature(activity));
            await next(context);
            tags.Add(activity.GetTagItem("beam.transfer.id"));
        }));
        var url = $"{server.Mint()}/a";
        var sent = server.Client.PutAsync(url, new StringContent("some text"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        var id = Assert.Single(server.Relay.GetSnapshot().Transfers).Id;

        Assert.Equal("some text", await server.Client.GetStringAsync(url));
        using var answer = await sent;

        await Eventually.TrueAsync(() => tags.Count == 2, "both requests have ended");
        Assert.All(tags, tag => Assert.Equal(id, tag));
    }

    private sealed class ActivityFeature(Activity activity) : IHttpActivityFeature
    {
        public Activity Activity { get; set; } = activity;
    }
}
