using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Beam.Conformance;

namespace Beam.Functions.Tests.StandIn;

/// <summary>Beam as a custom handler, for the conformance tests: a process of its own behind the stand-in of the Functions host.</summary>
internal sealed class StandInBeamHost : BeamHost
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly FunctionsStandIn _host;
    private readonly TempFolder _folder;

    private StandInBeamHost(FunctionsStandIn host, TempFolder folder, BeamHostSettings settings)
    {
        _host = host;
        _folder = folder;
        StallTimeout = settings.StallTimeout;
    }

    public override string Http1Url => _host.Url;

    /// <summary>The host's own server speaks HTTP/1.1; HTTP/2 is a matter of the platform before it.</summary>
    public override string? Http2Url => null;

    public override TimeSpan StallTimeout { get; }

    public override bool IsInspectable => true;

    public override bool IsBehindHop => true;

    /// <summary>The forwarder's connection collects 4 KiB before it writes; twice that is beyond doubt.</summary>
    public override int HeldBackBytes => 8 * 1024;

    public override IReadOnlyList<string> Complaints => [.. _host.Program.Process.OutputText.Split('\n').Where(IsComplaint)];

    public static async Task<StandInBeamHost> StartAsync(string appFolder, BeamHostSettings settings)
    {
        var folder = new TempFolder();
        try
        {
            var standIn = new StandInSettings();
            standIn.AppSettings["Beam__StallTimeout"] = $"{settings.StallTimeout:c}";
            standIn.TurnResumingOff();
            standIn.AppSettings["Beam__SpillDirectory"] = settings.Storage == Storage.Spill ? folder["spill"] : null;
            return new StandInBeamHost(await FunctionsStandIn.StartAsync(appFolder, standIn), folder, settings);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public override async Task<string> MintAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Http1Url + "/token");
        request.Headers.Add("x-functions-key", FunctionsStandIn.Key);
        using var response = await _http.SendAsync(request);
        return (await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).Trim();
    }

    /// <summary>From the public totals. Before a receiver comes, what is held is what was received.</summary>
    public override async Task<RelayHoldings> GetHoldingsAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Http1Url + "/");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await _http.SendAsync(request);
        var totals = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        var memory = totals.GetProperty("memoryUsedBytes").GetInt64();
        var disk = totals.GetProperty("diskUsedBytes").GetInt64();
        var transfers = totals.GetProperty("activeTransfers").GetInt32();
        return new RelayHoldings(transfers, memory, disk, _folder.Files().Count, memory + disk, Confirming: 0);
    }

    public override async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
        await base.DisposeAsync();
    }

    private static bool IsComplaint(string line)
        => line.StartsWith("warn:", StringComparison.Ordinal) || line.StartsWith("fail:", StringComparison.Ordinal);
}
