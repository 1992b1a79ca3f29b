using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Tests.Hosting;

/// <summary>The end of the application: nothing new, time for what runs, an honest cut for the rest.</summary>
public sealed class DrainTests : HttpTests
{
    [Fact]
    [Trait("Rule", "P15")]
    public async Task Draining_RefusesNewcomers_AndLetsARunningTransferEnd()
    {
        var server = await StartServerAsync();
        var token = server.Mint();
        var receiver = Curl("--fail", server.Url($"{token}/a"));
        var sender = Curl(
            new ClientProcessOptions { Input = new MemoryStream("first "u8.ToArray()), KeepInputOpen = true },
            "--fail", "-T", "-", server.Url($"{token}/a"));
        await receiver.WaitForOutputAsync("first ");
        var waiting = server.Client.PutAsync($"{token}/b", new StringContent("waits"));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        var stopped = server.StopAsync();

        using var cut = await waiting;
        using var newcomer = await server.Client.PutAsync($"{token}/c", new StringContent("too late"));
        using var minted = await server.Client.PostAsync("token", content: null);
        foreach (var answer in new[] { cut, newcomer, minted })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.Equal("The relay is shutting down; try again soon.\n", await answer.Content.ReadAsStringAsync());
        }

        await sender.StandardInput.WriteAsync("second"u8.ToArray());
        sender.StandardInput.Close();
        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Equal("first second", receiver.OutputText);
        await stopped;
    }

    [Fact]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P2")]
    public async Task Draining_CutsBothSides_WhenTheTimeIsUp()
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.HttpOptions = static options => options.DrainTimeout = TimeSpan.Zero;
            setup.ExpectsLog = static entry => entry is { Level: LogLevel.Warning, EventId.Name: "Cutting" };
        });
        var token = server.Mint();
        var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{token}/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await server.WaitForAsync(TransferState.WaitingForSender);
        var sender = await ConnectAsync(server);
        await sender.SendAsync($"PUT /{token}/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf");
        Assert.Equal(200, (await receiver.ReadHeadAsync()).Status);
        await receiver.ReadAsync(4);

        var stopped = server.StopAsync();

        Assert.Equal(ConnectionEnd.Reset, (await receiver.ReadToEndAsync()).End);
        var head = await sender.ReadHeadAsync();
        Assert.Equal((503, "The relay is shutting down; try again soon.\n"), (head.Status, (await sender.ReadBodyAsync(head)).Text));
        sender.Dispose();
        await stopped;
    }
}
