using Beam.Cli.Doctor;
using Beam.Cli.Tests.Support;
using Beam.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.Cli.Tests.Processes;

/// <summary>What <c>beam doctor</c> says of proxies: real ones, set up as they come or nearly so.</summary>
public sealed class DoctorTests : ToolTests
{
    private const string Streams = "client_max_body_size 0; proxy_http_version 1.1; proxy_request_buffering off; proxy_buffering off;";

    [Fact]
    public async Task Doctor_FindsNothing_WhereNoProxyIs()
    {
        var doctor = Beam("doctor", Server.Url, "--idle", "1");

        await ExitsAsync(doctor, ExitCode.Success);
        Assert.Equal(4, doctor.OutputText.Split('\n').Count(static line => line.TrimEnd().EndsWith("ok", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Doctor_FindsNothing_WhenAProxyLetsStreamsThrough()
    {
        var nginx = await StartNginxAsync(Streams);

        await ExitsAsync(Beam("doctor", nginx.Url, "--idle", "1"), ExitCode.Success);
    }

    [Theory]
    [InlineData("", "BUFFERED: the proxy collects uploads", "proxy_request_buffering off")]
    [InlineData("", "REFUSED", "client_max_body_size 0")]
    [InlineData(Streams + "proxy_read_timeout 3s;", "CUT after", "proxy_read_timeout")]
    public async Task Doctor_SaysWhatToChange(string settings, string found, string advice)
    {
        var nginx = await StartNginxAsync(settings);

        var doctor = Beam("doctor", nginx.Url, "--idle", "5");

        await ExitsAsync(doctor, ExitCode.Unhealthy);
        Assert.Contains(
            doctor.OutputText.Split('\n'),
            line => line.Contains(found, StringComparison.Ordinal) && line.Contains(advice, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doctor_SaysWhatToChange_WhenDownloadsAreCollected()
    {
        var setup = new TestServerSetup { App = static app => app.Use(CollectAsync), EndsEmpty = false };
        await using var server = await TestServer.StartAsync(setup);

        var doctor = Beam("doctor", server.Url, "--idle", "1");

        await ExitsAsync(doctor, ExitCode.Unhealthy);
        Assert.Contains(
            "BUFFERED: the proxy collects downloads before it passes them on. nginx: proxy_buffering off",
            doctor.OutputText,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_EndsItsWait_WhenAProxyKeepsALargeBodyForEver()
    {
        var setup = new TestServerSetup { App = static app => app.Use(KeepLargeBodyAsync), EndsEmpty = false };
        await using var server = await TestServer.StartAsync(setup);
        var clock = new FakeClock();
        using var beam = new BeamClient(new Uri(server.Url));
        var findings = new List<Finding>();
        var doctor = Task.Run(async () =>
        {
            var examination = new ProxyDoctor(beam, server.Client, TimeSpan.FromSeconds(1), clock);
            await foreach (var finding in examination.ExamineAsync(CancellationToken.None))
            {
                findings.Add(finding);
            }
        });

        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(100));
                return doctor.IsCompleted;
            },
            "the examination ends");

        await doctor;
        Assert.Contains(findings, static finding => finding.Verdict.StartsWith("STALLED", StringComparison.Ordinal));
    }

    private static async Task KeepLargeBodyAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsPut(context.Request.Method) && context.Request.Path.Value!.EndsWith("/size", StringComparison.Ordinal))
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }

        await next(context);
    }

    private static async Task CollectAsync(HttpContext context, RequestDelegate next)
    {
        // The relay waits for the receiver's connection to have taken a download, which one that is collected in its own process never has.
        if (!context.Request.Path.Value!.EndsWith("/stream", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var body = context.Response.Body;
        using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        await next(context);
        context.Response.Body = body;
        await body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
    }

    private async Task<NginxProcess> StartNginxAsync(string settings)
    {
        var nginx = Own(new NginxProcess(Server.Url, settings));
        await nginx.StartedAsync(Patience);
        return nginx;
    }
}
