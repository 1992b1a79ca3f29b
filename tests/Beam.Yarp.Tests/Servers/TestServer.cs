using System.Net;
using Beam.AspNetCore;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Yarp.Tests.Servers;

/// <summary>An application on Kestrel in this process, on free loopback ports.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private readonly WebApplication _app;

    private TestServer(WebApplication app, LogCapture logs)
    {
        _app = app;
        Logs = logs;
        string[] urls = [.. app.Urls];
        (Url, Http2Url) = (urls[0], urls.ElementAtOrDefault(1) ?? "");
    }

    /// <summary>Gets the address for HTTP/1.1.</summary>
    public string Url { get; }

    /// <summary>Gets the address for HTTP/2 with prior knowledge.</summary>
    public string Http2Url { get; }

    public int Port => new Uri(Url).Port;

    public LogCapture Logs { get; }

    public IServiceProvider Services => _app.Services;

    public Relay Relay => Services.GetRequiredService<Relay>();

    public static async Task<TestServer> StartAsync(Action<WebApplicationBuilder> register, Action<WebApplication> map, int port = 0)
    {
        var logs = new LogCapture();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Information);

        // A new machine's first key is announced with a warning.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.Services.Configure<BeamHttpOptions>(static options => options.DrainTimeout = TimeSpan.Zero);
        register(builder);
        var app = builder.Build();
        try
        {
            map(app);
            await app.StartAsync();
            return new TestServer(app, logs);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Mints a token.</summary>
    public async Task<string> MintAsync(string path = "")
    {
        using var response = await Http.PostAsync(new Uri($"{Url}{path}/token"), content: null);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsStringAsync()).Trim();
    }

    /// <summary>Waits until so many transfers of the relay are in a state.</summary>
    public Task WaitForAsync(TransferState state, int count = 1)
        => Eventually.TrueAsync(() => Relay.GetSnapshot().Transfers.Count(transfer => transfer.State == state) >= count, $"{count} transfers are {state}");

    /// <summary>Ends it without giving anybody time: listeners are closed, connections cut.</summary>
    public async Task KillAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        try
        {
            await _app.StopAsync(soon.Token);
        }
        catch (OperationCanceledException)
        {
            // As wanted.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _app.DisposeAsync();
    }
}
