using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Beam.Conformance;

/// <summary>A Beam server that runs elsewhere: only what anybody may ask it is known.</summary>
public sealed class RemoteBeamHost : BeamHost
{
    private readonly HttpClient _http = new();

    /// <summary>Names the server.</summary>
    /// <param name="http1Url">Where it is mounted.</param>
    /// <param name="http2Url">Where it speaks HTTP/2 without TLS, or <see langword="null"/>.</param>
    /// <param name="stallTimeout">Its stall limit.</param>
    public RemoteBeamHost(string http1Url, string? http2Url, TimeSpan stallTimeout)
    {
        ArgumentNullException.ThrowIfNull(http1Url);
        Http1Url = http1Url.TrimEnd('/');
        Http2Url = http2Url?.TrimEnd('/');
        StallTimeout = stallTimeout;
    }

    /// <inheritdoc/>
    public override string Http1Url { get; }

    /// <inheritdoc/>
    public override string? Http2Url { get; }

    /// <inheritdoc/>
    public override TimeSpan StallTimeout { get; }

    /// <summary>Asks the public totals of the overview; they cover all clients of the server.</summary>
    public override async Task<RelayHoldings> GetHoldingsAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Http1Url + "/");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        var totals = await response.Content.ReadFromJsonAsync<JsonElement>();
        return new RelayHoldings(
            totals.GetProperty("activeTransfers").GetInt32(),
            totals.GetProperty("memoryUsedBytes").GetInt64(),
            totals.GetProperty("diskUsedBytes").GetInt64(),
            Files: 0,
            BytesReceived: 0,
            Confirming: 0);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return base.DisposeAsync();
    }
}
