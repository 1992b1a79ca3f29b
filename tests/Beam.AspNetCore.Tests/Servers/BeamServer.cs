using System.Net;
using Beam.Buffering;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Tests.Servers;

/// <summary>
/// A server that speaks TLS too. Disposing it asserts that nothing is left, and that neither a token nor anything unexpected was logged.
/// </summary>
internal sealed class BeamServer : IAsyncDisposable
{
    private readonly TestServer _server;
    private readonly List<string> _secrets = [];
    private readonly string _prefix;
    private readonly Dictionary<Wire, int> _ports;

    private BeamServer(TestServer server, string? prefix)
    {
        _server = server;
        _prefix = prefix ?? "";
        int[] ports = [.. server.Addresses.Select(static address => new Uri(address).Port)];
        _ports = new() { [Wire.Http1] = ports[0], [Wire.H2c] = ports[1], [Wire.TlsHttp1] = ports[2], [Wire.TlsHttp2] = ports[2] };
    }

    public Relay Relay => _server.Relay;

    public RelayBudgets Budgets => _server.Budgets;

    public LogCapture Logs => _server.Logs;

    /// <summary>Gets a client for the HTTP/1.1 port; its base address is where Beam is mounted.</summary>
    public HttpClient Client => _server.Client;

    public IServiceProvider Services => _server.Services;

    /// <summary>Gets the HTTP/1.1 port, for raw connections.</summary>
    public int Port => _server.Port;

    public static async Task<BeamServer> StartAsync(Action<TestServerSetup>? configure)
    {
        var setup = new TestServerSetup { ExpectsLog = static _ => false };
        configure?.Invoke(setup);
        var (options, services) = (setup.Options, setup.Services);
        setup.Options = relay =>
        {
            // A side that breaks off has failed, unless the test is about coming back.
            relay.ResumeTimeout = TimeSpan.Zero;
            options(relay);
        };
        setup.Services = builder =>
        {
            builder.Logging.AddFilter("Beam", LogLevel.Trace);
            builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1AndHttp2;
                endpoint.UseHttps(TestCertificate.Instance);
            }));
            services(builder);
        };
        return new BeamServer(await TestServer.StartAsync(setup), setup.Prefix);
    }

    /// <summary>Gets the port of the endpoint that a test has added itself.</summary>
    public int AddedPort => new Uri(_server.Addresses[3]).Port;

    public int PortOf(Wire wire) => _ports[wire];

    /// <summary>The address of a path of Beam's.</summary>
    public string Url(string path, Wire wire = Wire.Http1)
        => $"{(wire is Wire.TlsHttp1 or Wire.TlsHttp2 ? "https" : "http")}://127.0.0.1:{_ports[wire]}{_prefix}/{path}".TrimEnd('/');

    /// <summary>Mints a token without HTTP. No log may ever show it.</summary>
    public string Mint() => Remember(Relay.Tokens.MintAsync().AtOnce()!);

    /// <summary>Mints a token of the channel of <paramref name="parent"/>.</summary>
    public string Mint(string parent, TokenRights rights, int? uses = null)
        => Remember(Relay.Tokens.MintSubTokenAsync(Relay.Tokens.Find(parent)!, rights, uses).AtOnce()!);

    /// <summary>Adds a token that was minted over HTTP to those that no log may show.</summary>
    public void Guard(string secret) => _secrets.Add(secret);

    /// <inheritdoc cref="TestServer.WaitForAsync(TransferState, int)"/>
    public Task WaitForAsync(TransferState state, int count = 1) => _server.WaitForAsync(state, count);

    /// <inheritdoc cref="TestServer.WaitForAsync(Func{TransferSnapshot, bool})"/>
    public Task WaitForAsync(Func<TransferSnapshot, bool> condition) => _server.WaitForAsync(condition);

    /// <inheritdoc cref="TestServer.WaitUntilEmptyAsync"/>
    public Task WaitUntilEmptyAsync() => _server.WaitUntilEmptyAsync();

    public Task StopAsync() => _server.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Assert.DoesNotContain(LogsOfBeam(), entry => _secrets.Exists(entry.Mentions));
    }

    /// <summary>What Beam logged, without the scopes: those are the host's, and hold the path of the request.</summary>
    public IEnumerable<LogEntry> LogsOfBeam()
        => Logs.Entries
            .Where(static entry => entry.Category.StartsWith("Beam", StringComparison.Ordinal))
            .Select(static entry => entry with { Scopes = [] });

    private string Remember(MintedToken minted)
    {
        _secrets.Add(minted.Secret);
        return minted.Secret;
    }
}
