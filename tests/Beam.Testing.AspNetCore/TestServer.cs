using System.Net;
using Beam.Buffering;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Testing;

/// <summary>
/// An application on a real Kestrel in this process, on free loopback ports. Its <see cref="TestServerSetup"/> says what is checked when it
/// is disposed of.
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly TestServerSetup _setup;

    private TestServer(WebApplication app, TestServerSetup setup, LogCapture logs)
    {
        _app = app;
        _setup = setup;
        Logs = logs;
        Addresses = [.. app.Urls];
        BaseAddress = new Uri(Url);
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(Url + "/"),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    /// <summary>The addresses that Kestrel listens on: HTTP/1.1, HTTP/2 with prior knowledge, then those that the test has added.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Where Beam is mounted, over HTTP/1.1.</summary>
    public string Url => Addresses[0] + _setup.Prefix;

    /// <summary>Where Beam is mounted, over HTTP/2 with prior knowledge.</summary>
    public string Http2Url => Addresses[1] + _setup.Prefix;

    /// <inheritdoc cref="Url"/>
    public Uri BaseAddress { get; }

    /// <summary>The HTTP/1.1 port, for raw connections.</summary>
    public int Port => BaseAddress.Port;

    /// <summary>A client for the HTTP/1.1 port; its base address is where Beam is mounted.</summary>
    public HttpClient Client { get; }

    /// <summary>What was logged.</summary>
    public LogCapture Logs { get; }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>The relay.</summary>
    public Relay Relay => Services.GetRequiredService<Relay>();

    /// <summary>What the relay's transfers may hold, and hold.</summary>
    public RelayBudgets Budgets => Services.GetRequiredService<RelayBudgets>();

    /// <summary>Starts one.</summary>
    public static async Task<TestServer> StartAsync(TestServerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var logs = new LogCapture();
        var app = Build(setup, logs);
        try
        {
            setup.App(app);
            if (setup.Prefix is not null)
            {
                setup.Conventions(app.MapBeam(setup.Prefix));
            }

            await app.StartAsync();
            return new TestServer(app, setup, logs);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Mints a token over HTTP.</summary>
    /// <param name="path">Where Beam is below <see cref="Url"/>, when the application has mounted it itself.</param>
    public async Task<string> MintAsync(string path = "")
    {
        using var response = await Client.PostAsync(new Uri($"{Url}{path}/token"), content: null);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsStringAsync()).Trim();
    }

    /// <summary>Waits until at least a number of transfers are in a state. Nothing signals it: the relay has no events.</summary>
    public Task WaitForAsync(TransferState state, int count = 1)
        => Eventually.TrueAsync(
            () => Relay.GetSnapshot().Transfers.Count(transfer => transfer.State == state) >= count, $"{count} transfers are {state}");

    /// <summary>Waits until some transfer is as described.</summary>
    public Task WaitForAsync(Func<TransferSnapshot, bool> condition)
        => Eventually.TrueAsync(() => Relay.GetSnapshot().Transfers.Any(condition), "a transfer is as described");

    /// <summary>Waits until every transfer is over and both its sides have left.</summary>
    public Task WaitUntilEmptyAsync() => Eventually.TrueAsync(() => Relay.TransferCount == 0, "no transfer is left");

    /// <summary>Stops it as SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Stops it without giving anybody time: listeners are closed, connections cut.</summary>
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_setup.EndsEmpty)
            {
                await WaitUntilEmptyAsync();
                ThrowIfSomethingIsHeld();
            }
        }
        finally
        {
            Client.Dispose();
            await EndAsync();
            await _app.DisposeAsync();
        }

        ThrowIfSomethingWasLogged();
    }

    private static WebApplication Build(TestServerSetup setup, LogCapture logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, setup.Port, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Information);

        // On a machine's first run the framework warns of how it stores its first key.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(setup.Clock);
        if (setup.Prefix is not null)
        {
            builder.Services.AddBeam(setup.Options);
        }

        builder.Services.Configure(setup.HttpOptions);
        setup.Services(builder);
        return builder.Build();
    }

    /// <summary>Kestrel says that its timer has fired late, which on a machine where much else runs means nothing.</summary>
    private static bool IsOfABusyMachine(LogEntry entry)
        => entry is { Category: "Microsoft.AspNetCore.Server.Kestrel", EventId.Name: "HeartbeatSlow" };

    private async Task EndAsync()
    {
        if (_setup.EndsEmpty)
        {
            using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
            await _app.StopAsync(limit.Token);
        }
        else
        {
            await KillAsync();
        }
    }

    private void ThrowIfSomethingIsHeld()
    {
        if ((Budgets.Memory.UsedBytes, Budgets.Disk.UsedBytes) is not (0, 0) and var (memory, disk))
        {
            throw new InvalidOperationException($"No transfer is left, but {memory} bytes of memory and {disk} bytes of disk are leased.");
        }
    }

    private void ThrowIfSomethingWasLogged()
    {
        if (_setup.ExpectsLog is not { } expects)
        {
            return;
        }

        LogEntry[] unexpected = [.. Logs.AtLeast(LogLevel.Warning).Where(entry => !expects(entry) && !IsOfABusyMachine(entry))];
        if (unexpected.Length > 0)
        {
            throw new InvalidOperationException($"The test does not expect these logs:\n{string.Join('\n', unexpected.AsEnumerable())}");
        }
    }
}
