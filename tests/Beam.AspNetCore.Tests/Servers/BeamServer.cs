using System.Net;
using Beam.Buffering;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Tests.Servers;

/// <summary>A real Kestrel with Beam on free loopback ports. Disposing it asserts that nothing is left and nothing unexpected was logged.</summary>
internal sealed class BeamServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly BeamServerSetup _setup;
    private readonly List<string> _secrets = [];
    private readonly Dictionary<Wire, int> _ports;

    private BeamServer(WebApplication app, BeamServerSetup setup, LogCapture logs)
    {
        _app = app;
        _setup = setup;
        Logs = logs;
        Relay = app.Services.GetRequiredService<Relay>();
        Budgets = app.Services.GetRequiredService<RelayBudgets>();
        int[] ports = [.. app.Urls.Select(url => new Uri(url).Port)];
        _ports = new() { [Wire.Http1] = ports[0], [Wire.H2c] = ports[1], [Wire.TlsHttp1] = ports[2], [Wire.TlsHttp2] = ports[2] };
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(Url("") + "/"),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public Relay Relay { get; }

    public RelayBudgets Budgets { get; }

    public LogCapture Logs { get; }

    /// <summary>Gets a client for the HTTP/1.1 port; its base address is where Beam is mounted.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Gets the HTTP/1.1 port, for raw connections.</summary>
    public int Port => _ports[Wire.Http1];

    public static async Task<BeamServer> StartAsync(BeamServerSetup setup)
    {
        var logs = new LogCapture();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(Listen);
        builder.Logging.AddProvider(logs);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Beam", LogLevel.Trace);

        // On a machine's first run the framework warns of how it stores its first key.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(setup.Clock);
        builder.Services.AddBeam(options =>
        {
            // Who breaks off has failed, unless the test is about coming back.
            options.ResumeTimeout = TimeSpan.Zero;
            setup.Options(options);
        });
        builder.Services.Configure(setup.HttpOptions);
        setup.Services(builder);

        var app = builder.Build();
        setup.App(app);
        setup.Conventions(app.MapBeam(setup.Prefix));
        await app.StartAsync();
        return new BeamServer(app, setup, logs);
    }

    public int PortOf(Wire wire) => _ports[wire];

    /// <summary>The address of a path of Beam's.</summary>
    public string Url(string path, Wire wire = Wire.Http1)
        => $"{(wire is Wire.TlsHttp1 or Wire.TlsHttp2 ? "https" : "http")}://127.0.0.1:{_ports[wire]}{_setup.Prefix}/{path}".TrimEnd('/');

    /// <summary>Mints a token without HTTP. No log may ever show it.</summary>
    public string Mint() => Remember(Relay.Tokens.Mint()!);

    /// <summary>Mints a token of the channel of <paramref name="parent"/>.</summary>
    public string Mint(string parent, TokenRights rights, int? uses = null)
        => Remember(Relay.Tokens.MintSubToken(Relay.Tokens.Find(parent)!, rights, uses)!);

    /// <summary>Adds a token that was minted over HTTP to those that no log may show.</summary>
    public void Guard(string secret) => _secrets.Add(secret);

    /// <summary>Waits until so many transfers are in a state. Nothing signals it: the relay has no events.</summary>
    public Task WaitForAsync(TransferState state, int count = 1)
        => Eventually.TrueAsync(() => Relay.GetSnapshot().Transfers.Count(transfer => transfer.State == state) >= count, $"{count} transfers are {state}");

    /// <summary>Waits until some transfer is as described.</summary>
    public Task WaitForAsync(Func<TransferSnapshot, bool> condition) => Eventually.TrueAsync(() => Relay.GetSnapshot().Transfers.Any(condition), "a transfer is as described");

    /// <summary>Waits until every transfer is over and both its sides have left.</summary>
    public Task WaitUntilEmptyAsync() => Eventually.TrueAsync(() => Relay.TransferCount == 0, "no transfer is left");

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        try
        {
            await WaitUntilEmptyAsync();
            Assert.Equal((0, 0), (Budgets.Memory.UsedBytes, Budgets.Disk.UsedBytes));
        }
        finally
        {
            Client.Dispose();
            using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
            await _app.StopAsync(limit.Token);
            await _app.DisposeAsync();
        }

        Assert.DoesNotContain(Logs.AtLeast(LogLevel.Warning), entry => !_setup.ExpectsLog(entry) && !IsOfABusyMachine(entry));
        Assert.DoesNotContain(LogsOfBeam(), entry => _secrets.Exists(entry.Mentions));
    }

    /// <summary>What Beam logged, without the scopes: those are the host's, and hold the path of the request.</summary>
    public IEnumerable<LogEntry> LogsOfBeam()
        => Logs.Entries.Where(static entry => entry.Category.StartsWith("Beam", StringComparison.Ordinal)).Select(static entry => entry with { Scopes = [] });

    /// <summary>Kestrel says that its timer has fired late, which on a machine where much else runs means nothing.</summary>
    private static bool IsOfABusyMachine(LogEntry entry) => entry is { Category: "Microsoft.AspNetCore.Server.Kestrel", EventId.Name: "HeartbeatSlow" };

    private static void Listen(KestrelServerOptions kestrel)
    {
        kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        kestrel.Listen(IPAddress.Loopback, 0, static endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1AndHttp2;
            endpoint.UseHttps(TestCertificate.Instance);
        });
    }

    private string Remember(MintedToken minted)
    {
        _secrets.Add(minted.Secret);
        return minted.Secret;
    }
}
