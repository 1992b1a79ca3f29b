using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Cli.Tests.Support;

/// <summary>A real server with Beam on a free loopback port, for the tool to talk to.</summary>
internal sealed class RelayServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;

    private RelayServer(WebApplication app)
    {
        _app = app;
        Url = app.Urls.Single();
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(Url + "/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Gets the address.</summary>
    public string Url { get; }

    /// <summary>Gets a client that is none of ours.</summary>
    public HttpClient Client { get; }

    public static async Task<RelayServer> StartAsync(Action<BeamOptions> options, Action<WebApplication> configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        builder.Services.AddBeam(options);
        var app = builder.Build();
        app.MapBeam();
        configure(app);
        await app.StartAsync();
        return new RelayServer(app);
    }

    /// <summary>Mints a token.</summary>
    public async Task<string> MintAsync()
    {
        using var response = await Client.PostAsync("token", content: null);
        return (await response.Content.ReadAsStringAsync()).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}
