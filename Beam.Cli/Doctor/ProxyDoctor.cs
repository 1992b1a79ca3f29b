using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Beam.Client;

namespace Beam.Cli.Doctor;

/// <summary>
/// Checks what the proxies between here and a server do to streams, as docs/check-proxy does with curl: buffering, limits on bodies,
/// idle timeouts. It sends 33 MB at most, and revokes the token that it uses.
/// </summary>
/// <param name="beam">The server.</param>
/// <param name="http">Makes plain requests, because the checks show what programs without Beam.Client see.</param>
/// <param name="idle">How long a request must be able to wait without a byte.</param>
/// <param name="clock">The clock.</param>
internal sealed class ProxyDoctor(BeamClient beam, HttpClient http, TimeSpan idle, TimeProvider clock)
{
    // nginx allows 1 MB unless it is set up otherwise, YARP and IIS 30 MB.
    private const int LargeBytes = 33_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs the checks, and reports each finding as soon as it is there.</summary>
    public async IAsyncEnumerable<Finding> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = await beam.MintAsync(cancellationToken);
        try
        {
            foreach (var finding in await ExamineStreamingAsync(token.Link.WithName("stream"), cancellationToken))
            {
                yield return finding;
            }

            yield return await ExamineSizeAsync(token.Link.WithName("size"), cancellationToken);
            yield return await ExamineSilenceAsync(token.Link.WithName("idle"), cancellationToken);
        }
        finally
        {
            await RevokeAsync(token.Link);
        }
    }

    private async Task<IReadOnlyList<Finding>> ExamineStreamingAsync(BeamLink link, CancellationToken cancellationToken)
    {
        var mayGoOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Put, link.Url) { Content = new HeldContent(mayGoOn.Task) };
        var sending = SendAsync(request, stop.Token);
        try
        {
            if (!await ArrivesAsync(link, cancellationToken))
            {
                return
                [
                    Finding.Bad(
                        "request streaming",
                        "BUFFERED: the proxy collects uploads before it passes them on. nginx: proxy_request_buffering off"),
                    Finding.Bad("response streaming", "unknown until requests stream"),
                ];
            }

            var streams = await BeginsAsync(link, mayGoOn, cancellationToken);
            return
            [
                Finding.Well("request streaming"),
                streams
                    ? Finding.Well("response streaming")
                    : Finding.Bad(
                        "response streaming",
                        "BUFFERED: the proxy collects downloads before it passes them on. nginx: proxy_buffering off"),
            ];
        }
        finally
        {
            mayGoOn.TrySetResult();
            await stop.CancelAsync();
            await sending;
        }
    }

    /// <summary>Whether an upload reaches the server while it is still being sent.</summary>
    private async Task<bool> ArrivesAsync(BeamLink link, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (clock.GetElapsedTime(started) < Patience)
        {
            if (await beam.GetStatusAsync(link, cancellationToken) is { BytesReceived: > 0 })
            {
                return true;
            }

            await Task.Delay(Interval, clock, cancellationToken);
        }

        return false;
    }

    /// <summary>Whether a download reaches us while it is still being sent. It is read to its end.</summary>
    private async Task<bool> BeginsAsync(BeamLink link, TaskCompletionSource mayGoOn, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var response = await http.GetAsync(link.Url, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            var begins = response.IsSuccessStatusCode && await body.ReadAsync(new byte[1], either.Token) > 0;
            mayGoOn.TrySetResult();
            await body.CopyToAsync(Stream.Null, either.Token);
            return begins;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || IsOver(limit, exception))
        {
            return false;
        }
    }

    /// <summary>Whether a request ended because its time was over.</summary>
    private static bool IsOver(CancellationTokenSource limit, Exception exception)
        => exception is OperationCanceledException && limit.IsCancellationRequested;

    private async Task<Finding> ExamineSizeAsync(BeamLink link, CancellationToken cancellationToken)
    {
        var check = string.Create(CultureInfo.InvariantCulture, $"body of {LargeBytes / 1_000_000} MB");
        using var standstill = new CancellationTokenSource(StandstillLimit, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, standstill.Token);
        var receiving = ReceiveAsync(link, stop.Token);
        using var request = new HttpRequestMessage(HttpMethod.Put, link.Url);
#pragma warning disable RS0030 // It was made with the clock.
        request.Content = new PiecewiseContent(LargeBytes, () => standstill.CancelAfter(StandstillLimit));
#pragma warning restore RS0030
        request.Headers.ExpectContinue = true;
        var status = await SendAsync(request, stop.Token);
        if (status != HttpStatusCode.OK)
        {
            await stop.CancelAsync();
        }

        await receiving;
        cancellationToken.ThrowIfCancellationRequested();
        return status switch
        {
            HttpStatusCode.OK => Finding.Well(check),
            HttpStatusCode.RequestEntityTooLarge => Finding.Bad(
                check,
                "REFUSED: nginx: client_max_body_size 0; YARP: MaxRequestBodySize -1"),
            null when standstill.IsCancellationRequested => Finding.Bad(
                check,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"STALLED: no progress for {StandstillLimit.TotalSeconds:0} s; a proxy that collects bodies has no room for it")),
            null => Finding.Bad(check, "FAILED: the connection broke"),
            _ => Finding.Bad(check, string.Create(CultureInfo.InvariantCulture, $"FAILED with status {(int)status}")),
        };
    }

    private async Task<Finding> ExamineSilenceAsync(BeamLink link, CancellationToken cancellationToken)
    {
        var check = string.Create(CultureInfo.InvariantCulture, $"{idle.TotalSeconds:0} s without a byte");
        var started = clock.GetTimestamp();
        HttpStatusCode? status = null;
        var said = "";
        using var limit = new CancellationTokenSource(idle + StandstillLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var url = string.Create(CultureInfo.InvariantCulture, $"{link.Url}?wait={idle.TotalSeconds:0}");
            using var response = await http.GetAsync(url, either.Token);
            status = response.StatusCode;
            said = await response.Content.ReadAsStringAsync(either.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException || IsOver(limit, exception))
        {
            // The proxy cut the connection, or forgot it.
        }

        // The relay's own answer says why; a proxy's answer does not.
        if (status == HttpStatusCode.GatewayTimeout && said.Contains("No sender came in time", StringComparison.Ordinal))
        {
            return Finding.Well(check);
        }

        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        return Finding.Bad(
            check,
            string.Create(
                CultureInfo.InvariantCulture,
                $"CUT after {seconds:0} s. nginx: proxy_read_timeout; haproxy: timeout client, timeout server; YARP: ActivityTimeout"));
    }

    private async Task ReceiveAsync(BeamLink link, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await http.GetStreamAsync(link.Url + "?wait=20", cancellationToken);
            await body.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // The sender's answer is what counts.
        }
    }

    private async Task<HttpStatusCode?> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task RevokeAsync(BeamLink channel)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        try
        {
            await beam.RevokeAsync(channel, limit.Token);
        }
        catch (Exception exception) when (exception is BeamException or OperationCanceledException)
        {
            // The token expires by itself.
        }
    }
}
