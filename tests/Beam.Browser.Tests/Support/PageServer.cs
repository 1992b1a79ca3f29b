using System.Net;
using Beam.AspNetCore;
using Beam.AspNetCore.Routing;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Browser.Tests.Support;

/// <summary>A real Kestrel with Beam below a path, on a free loopback port.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private const string Prefix = "/beam";
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;

    private PageServer(WebApplication app) => _app = app;

    public Relay Relay => _app.Services.GetRequiredService<Relay>();

    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>Starts one.</summary>
    /// <param name="options">Sets Beam's options.</param>
    /// <param name="http">Sets Beam's options over HTTP.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="conventions">Sets conventions on Beam's endpoints.</param>
    public static async Task<PageServer> StartAsync(
        Action<BeamOptions>? options = null,
        Action<BeamHttpOptions>? http = null,
        Action<IServiceCollection>? services = null,
        Action<BeamEndpointConventionBuilder>? conventions = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.WebHost.UseBeamDefaults();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRouting();
        builder.Services.AddBeam(options);
        builder.Services.Configure(http ?? (static _ => { }));
        services?.Invoke(builder.Services);
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseAuthorization();
        var beam = app.MapBeam(Prefix);
        conventions?.Invoke(beam);
        await app.StartAsync();
        return new PageServer(app);
    }

    /// <summary>The address of a path of Beam's, directly or through something that listens on another port.</summary>
    public string Url(string path, int? port = null) => $"http://127.0.0.1:{port ?? Port}{Prefix}/{path}";

    /// <summary>Mints a token without HTTP.</summary>
    public string Mint() => Relay.Tokens.Mint()!.Secret;

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
        Relay.CutAll();
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}
