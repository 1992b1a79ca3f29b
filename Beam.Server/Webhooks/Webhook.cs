using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Beam.Observing;
using Beam.Server.Settings;

namespace Beam.Server.Webhooks;

/// <summary>
/// Posts what becomes of transfers to the configured address, one event after the other. It signs each event, and tries again if need be. A
/// program that gets an event twice knows it by <c>Beam-Event-Id</c>. While the other side is down, events wait in the observer's queue,
/// which has a bound.
/// </summary>
internal sealed partial class Webhook(WebhookSettings settings, TimeProvider timeProvider, ILogger<Webhook> logger)
    : ITransferObserver, IDisposable
{
    private static readonly TimeSpan AttemptTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // Without redirects: the webhook calls only the configured address.
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly byte[] _secret = Encoding.UTF8.GetBytes(settings.Secret!);

    public async ValueTask ObserveAsync(TransferEvent transferEvent, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(WebhookBody.Of(transferEvent), WebhookJsonContext.Default.WebhookBody);
        var id = $"{transferEvent.Transfer.Id}-{WebhookBody.NameOf(transferEvent.Kind)}";
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            var status = await TryPostAsync(id, body, cancellationToken);
            if (status is >= 200 and < 300)
            {
                return;
            }

            if (attempt == settings.Attempts || !MayGoBetterLater(status))
            {
                Log.GivenUp(logger, id, attempt, status);
                return;
            }

            await Task.Delay(pause, timeProvider, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    public void Dispose() => _client.Dispose();

    private static bool MayGoBetterLater(int? status)
        => status is null or >= 500 or (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests;

    /// <summary>Posts once.</summary>
    /// <returns>The status; <see langword="null"/> when there was none.</returns>
    private async Task<int?> TryPostAsync(string id, byte[] body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AttemptTime, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Beam-Event-Id", id);
        request.Headers.Add("Beam-Signature", Sign(body));
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return (int)response.StatusCode;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Signs time and body, so that nobody who has listened to an event can send it again later.</summary>
    private string Sign(byte[] body)
    {
        var time = timeProvider.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(time + "."));
        hmac.AppendData(body);
        return $"t={time},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The webhook was not told of {EventId}: status {Status} after {Attempts} attempts.",
            EventName = "GivenUp")]
        public static partial void GivenUp(ILogger logger, string eventId, int attempts, int? status);
    }
}
