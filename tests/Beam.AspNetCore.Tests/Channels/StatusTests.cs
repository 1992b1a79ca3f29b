using System.Net;
using System.Text.Json;
using Beam.AspNetCore.Tests.Servers;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Channels;

/// <summary>Where a transfer stands, without taking part in it.</summary>
[Trait("Rule", "P25")]
public sealed class StatusTests : HttpTests
{
    [Fact]
    public async Task Status_TellsOfATransferThatWaits()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var token = server.Mint();
        var sent = server.Client.PutAsync($"{token}/a", new StringContent("some text"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);
        await Eventually.TrueAsync(() => server.Relay.GetSnapshot().Transfers[0].BytesReceived == 9, "the relay has read the body");

        using var status = await StatusAsync(server, $"{server.Mint(token, TokenRights.Send)}/a");

        var body = status.RootElement;
        Assert.Equal(
            [
                "name", "state", "bytesReceived", "bytesSent", "length", "heldFrom", "heldTo", "receivers", "sender", "startedAt",
                "expiresAt",
                "outcome", "error", "sha256",
            ],
            body.EnumerateObject().Select(static property => property.Name));
        Assert.Equal(("a", "waiting-for-receiver", "connected"), (Text(body, "name"), Text(body, "state"), Text(body, "sender")));
        Assert.Equal((9, 0, 9), (Number(body, "bytesReceived"), Number(body, "bytesSent"), Number(body, "length")));
        Assert.Equal((0, 9), (Number(body, "heldFrom"), Number(body, "heldTo")));
        Assert.Equal(clock.GetUtcNow() + TimeSpan.FromMinutes(5), body.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("outcome").ValueKind);
        Assert.Equal("some text", await server.Client.GetStringAsync($"{token}/a"));
        using var answer = await sent;
    }

    [Fact]
    public async Task FinalStatus_StaysForTenMinutes()
    {
        var clock = new FakeClock();
        var server = await StartServerAsync(setup => setup.Clock = clock);
        var token = server.Mint();
        var received = Curl(server.Url($"{token}/a"));
        await server.WaitForAsync(TransferState.WaitingForSender);
        using var sent = await server.Client.PutAsync($"{token}/a", new StringContent("some text"));
        await received.WaitAsync();

        clock.Advance(TimeSpan.FromMinutes(4));
        using var status = await StatusAsync(server, $"{token}/a");
        var body = status.RootElement;
        Assert.Equal(("finished", "confirmed", "done"), (Text(body, "state"), Text(body, "outcome"), Text(body, "sender")));
        var receiver = Assert.Single(body.GetProperty("receivers").EnumerateArray());
        Assert.Equal(("delivered", "confirmed", 9), (Text(receiver, "state"), Text(receiver, "outcome"), Number(receiver, "bytes")));

        clock.Advance(TimeSpan.FromMinutes(7));
        using var forgotten = await server.Client.GetAsync($"{token}/a?status");
        Assert.Equal(HttpStatusCode.NotFound, forgotten.StatusCode);
    }

    [Fact]
    public async Task FinalStatus_SaysWhyATransferHasFailed()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        using var sent = await server.Client.PutAsync($"{token}/a?wait=1", new StringContent("never read"));

        using var status = await StatusAsync(server, $"{token}/a");

        Assert.Equal(("failed", "no_receiver"), (Text(status.RootElement, "outcome"), Text(status.RootElement, "error")));
    }

    [Fact]
    public async Task Status_ReadsNotFound_WhenThereWasNothing()
    {
        var server = await StartServerAsync();

        using var answer = await server.Client.GetAsync($"{server.Mint()}/a?status");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("There is no transfer of that name.\n", await answer.Content.ReadAsStringAsync());
    }

    private static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();

    private static long Number(JsonElement body, string name) => body.GetProperty(name).GetInt64();

    private static async Task<JsonDocument> StatusAsync(BeamServer server, string path)
    {
        using var answer = await server.Client.GetAsync(path + "?status");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
    }
}
