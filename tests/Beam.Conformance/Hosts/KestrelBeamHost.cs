using System.Net;
using Beam.AspNetCore;
using Beam.Testing;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Conformance;

/// <summary>Beam on Kestrel in this process.</summary>
public sealed class KestrelBeamHost : BeamHost
{
    private const string CuttingEvent = "Cutting";

    private readonly WebApplication _app;
    private readonly TempFolder _folder;
    private readonly LogCapture _logs;
    private readonly Relay _relay;

    private KestrelBeamHost(WebApplication app, TempFolder folder, LogCapture logs, BeamHostSettings settings, string path)
    {
        _app = app;
        _folder = folder;
        _logs = logs;
        _relay = app.Services.GetRequiredService<Relay>();
        StallTimeout = settings.StallTimeout;
        var server = app.Services.GetRequiredService<IServer>();
        var addresses = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ToList();
        Http1Url = addresses[0] + path;
        Http2Url = addresses[1] + path;
        HttpsUrl = addresses.ElementAtOrDefault(2) is { } https ? https + path : null;
    }

    /// <inheritdoc/>
    public override string Http1Url { get; }

    /// <inheritdoc/>
    public override string? Http2Url { get; }

    /// <summary>Where it is reached with TLS, when a certificate was given.</summary>
    public string? HttpsUrl { get; }

    /// <inheritdoc/>
    public override TimeSpan StallTimeout { get; }

    /// <inheritdoc/>
    public override bool IsInspectable => true;

    /// <inheritdoc/>
    public override bool CanStop => true;

    /// <summary>The relay.</summary>
    public Relay Relay => _relay;

    /// <summary>The port for HTTP/1.</summary>
    public int Port => new Uri(Http1Url).Port;

    /// <summary>Cutting what still runs when the drain time is over is the one warning that is meant.</summary>
    public override IReadOnlyList<string> Complaints =>
    [
        .. _logs.AtLeast(LogLevel.Warning)
            .Where(entry => entry.EventId.Name != CuttingEvent)
            .Select(entry => $"{entry.Level} {entry.Category} {entry.EventId}: {entry.Message} {entry.Exception}"),
        .. _logs.Entries
            .Where(entry => entry.Level == LogLevel.Information && entry.Exception is not null)
            .Select(entry => $"{entry.Category} {entry.EventId}: {entry.Message} {entry.Exception}"),
    ];

    /// <summary>Starts a host on free ports.</summary>
    /// <param name="settings">What is scaled down.</param>
    /// <param name="configure">More options of the relay.</param>
    /// <param name="configureListening">More of the server, after its two endpoints.</param>
    /// <param name="mounting">Another way of mounting Beam than <c>MapBeam()</c> at the root.</param>
    public static async Task<KestrelBeamHost> StartAsync(
        BeamHostSettings settings,
        Action<BeamOptions>? configure = null,
        Action<KestrelServerOptions>? configureListening = null,
        BeamMounting? mounting = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var folder = new TempFolder();
        var logs = new LogCapture();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Information);

        // A new machine's first key is announced with a warning.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
            configureListening?.Invoke(kestrel);
        });
        builder.Services.AddBeam(options =>
        {
            options.StallTimeout = settings.StallTimeout;
            options.ResumeTimeout = settings.ResumeTimeout;
            options.SpillDirectory = settings.Storage == Storage.Spill ? folder["spill"] : null;
            configure?.Invoke(options);
        });
        builder.Services.Configure<BeamHttpOptions>(options => options.DrainTimeout = settings.DrainTimeout);
        mounting ??= BeamMounting.AtTheRoot;
        mounting.Register(builder);
        var app = builder.Build();
        mounting.Map(app);
        try
        {
            await app.StartAsync();
            return new KestrelBeamHost(app, folder, logs, settings, mounting.Path);
        }
        catch
        {
            await app.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task<RelayHoldings> GetHoldingsAsync()
    {
        var relay = _relay.GetSnapshot();
        return Task.FromResult(new RelayHoldings(
            Math.Max(_relay.TransferCount, relay.Transfers.Count),
            relay.MemoryUsedBytes,
            relay.DiskUsedBytes,
            CountSpillFiles(),
            relay.Transfers.Sum(transfer => transfer.BytesReceived),
            relay.Transfers.Count(static transfer => transfer.State == TransferState.Confirming))
        {
            ReceiverAway = relay.Transfers.Count(static transfer => transfer.State == TransferState.ReceiverAway),
        });
    }

    /// <inheritdoc/>
    public override Task StopAsync() => _app.StopAsync();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
        await base.DisposeAsync();
    }

    // Spill files lose their name at once, so an open one is found among this process's descriptors.
    private int CountSpillFiles()
    {
        var named = _folder.Files().Count;
        return OperatingSystem.IsLinux()
            ? named + new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(IsUnnamedSpillFile)
            : named;
    }

    private bool IsUnnamedSpillFile(FileSystemInfo descriptor)
    {
        try
        {
            return descriptor.LinkTarget is { } target
                && target.StartsWith(_folder.Path, StringComparison.Ordinal)
                && target.EndsWith(" (deleted)", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // Closed between the listing and the look.
            return false;
        }
    }
}
