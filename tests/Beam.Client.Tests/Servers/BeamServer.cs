using System.Net;
using Beam.AspNetCore;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Client.Tests.Servers;

/// <summary>A real Kestrel with Beam on a free loopback port. Disposing it asserts that no transfer is left.</summary>
internal sealed class BeamServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BeamServer(WebApplication app)
    {
        _app = app;
        Relay = app.Services.GetRequiredService<Relay>();
        int[] ports = [.. app.Urls.Select(url => new Uri(url).Port)];
        Port = ports[0];
        Url = new Uri($"http://127.0.0.1:{ports[0]}/beam");
        Http2Url = new Uri($"http://127.0.0.1:{ports[1]}/beam");
    }

    public Relay Relay { get; }

    public int Port { get; }

    /// <summary>Gets where Beam is mounted, over HTTP/1.1.</summary>
    public Uri Url { get; }

    /// <summary>Gets where Beam is mounted, over HTTP/2 without TLS.</summary>
    public Uri Http2Url { get; }

    public static async Task<BeamServer> StartAsync(
        Action<BeamOptions>? configure = null, Action<BeamHttpOptions>? configureHttp = null, Action<WebApplication>? configureApp = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddRouting();
        builder.Services.AddBeam(options => configure?.Invoke(options));
        builder.Services.Configure<BeamHttpOptions>(options => configureHttp?.Invoke(options));
        var app = builder.Build();
        configureApp?.Invoke(app);
        app.MapBeam("/beam");
        await app.StartAsync();
        return new BeamServer(app);
    }

    /// <summary>Waits until some transfer is in a state. Nothing signals it.</summary>
    public Task WaitForAsync(TransferState state)
        => Eventually.TrueAsync(() => Relay.GetSnapshot().Transfers.Any(transfer => transfer.State == state), $"a transfer is {state}");

    public Task WaitUntilEmptyAsync() => Eventually.TrueAsync(() => Relay.TransferCount == 0, "no transfer is left");

    /// <summary>Stops it with whatever it holds.</summary>
    public async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await WaitUntilEmptyAsync();
        }
        finally
        {
            await _app.StopAsync(new CancellationToken(canceled: true));
            await _app.DisposeAsync();
        }
    }
}
