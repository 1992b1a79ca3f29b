using System.Net;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Tests.Hosting;

/// <summary>An application's own limits hold on its own endpoints, and on Beam's they do not.</summary>
public sealed class HostLimitTests : HttpTests
{
    private const int Large = 31_000_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P12")]
    public async Task BodyLimit_HoldsOnOtherEndpointsOnly(bool isLengthKnown)
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.Prefix = "/beam";
            setup.App = static app => app.MapPost("/other", static async (HttpRequest request) =>
            {
                await request.Body.CopyToAsync(Stream.Null);
                return "read";
            });
            setup.ExpectsLog = static entry => entry is { Level: LogLevel.Error, Exception: BadHttpRequestException };
        });
        var path = $"{server.Mint()}/a";
        var received = VerifyAsync(server, path);

        using var sent = await server.Client.PutAsync(path, new StreamContent(new PatternStream(1, Large, isLengthKnown)));
        var other = Curl(
            new ClientProcessOptions { Input = new PatternStream(1, Large) },
            "-X", "POST", "-w", "%{http_code}", "-o", "/dev/null", isLengthKnown ? "--data-binary" : "-T", isLengthKnown ? "@-" : "-",
            $"http://127.0.0.1:{server.Port}/other");

        Assert.Equal((HttpStatusCode.OK, Large), (sent.StatusCode, await received));
        await other.WaitAsync();

        // Of a body without a length the server resets what it does not want, and curl may see that before the status.
        Assert.Contains(
            server.Logs.Entries,
            static entry => entry.Exception is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge });
        Assert.Contains(other.OutputText, isLengthKnown ? ["413"] : new[] { "413", "100" });
    }

    [Fact]
    [Trait("Rule", "P4")]
    public async Task RequestTimeout_CutsNoTransfer()
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.Services = static builder => builder.Services.AddRequestTimeouts(
                static timeouts => timeouts.DefaultPolicy = new() { Timeout = TimeSpan.FromMilliseconds(100) });
            setup.App = static app =>
            {
                app.UseRouting().UseRequestTimeouts();
                app.MapGet(
                    "/other",
                    static (HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
            };
            setup.ExpectsLog = static entry => entry.EventId.Name == "TimeoutExceptionHandled";
        });
        var path = $"{server.Mint()}/a";
        var received = server.Client.GetStringAsync(path);
        await server.WaitForAsync(TransferState.WaitingForSender);

        // By the time the other endpoint was cut, the receiver has waited longer than it.
        using var other = await server.Client.GetAsync("other");
        using var sent = await server.Client.PutAsync(path, new StringContent("late"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, other.StatusCode);
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        Assert.Equal("late", await received);
    }

    [Fact]
    [Trait("Rule", "P2")]
    public async Task ResponseCompression_HoldsNothingBack()
    {
        var server = await StartServerAsync(static setup =>
        {
            setup.Services = static builder => builder.Services.AddResponseCompression(static compression =>
            {
                compression.EnableForHttps = true;
                compression.MimeTypes = ["text/plain", "application/octet-stream"];
            });
            setup.App = static app => app.UseResponseCompression();
        });
        var url = server.Url($"{server.Mint()}/a");
        var receiver = Curl("--fail", "--compressed", url);
        var sender = Curl(
            new ClientProcessOptions { Input = new MemoryStream("first "u8.ToArray()), KeepInputOpen = true },
            "--fail", "-H", "Content-Type: text/plain", "-T", "-", url);

        // The first bytes arrive while the sender has not said whether there are more.
        await receiver.WaitForOutputAsync("first ");
        await sender.StandardInput.WriteAsync("second"u8.ToArray());
        sender.StandardInput.Close();

        Assert.Equal((0, 0), (await sender.WaitAsync(), await receiver.WaitAsync()));
        Assert.Equal("first second", receiver.OutputText);
    }

    private static async Task<long> VerifyAsync(BeamServer server, string path)
    {
        await using var body = await server.Client.GetStreamAsync(path);
        return await VerifyingStream.VerifyAsync(body, 1);
    }
}
