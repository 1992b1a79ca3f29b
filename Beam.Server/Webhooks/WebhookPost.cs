using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Beam.Server.Settings;

namespace Beam.Server.Webhooks;

/// <summary>Posts an event once, signed, to the configured address and nowhere else.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WebhookPost(WebhookSettings settings, TimeProvider timeProvider) : IDisposable
{
    private static readonly TimeSpan AttemptTime = TimeSpan.FromSeconds(10);

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

    /// <summary>Posts an event.</summary>
    /// <param name="id">Its id, which is in the body, too.</param>
    /// <param name="body">The event.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<WebhookAnswer> TryAsync(string id, byte[] body, CancellationToken cancellationToken)
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
            return new WebhookAnswer((int)response.StatusCode, FindWait(response.Headers.RetryAfter));
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new WebhookAnswer(Status: null, RetryAfter: null);
        }
    }

    public void Dispose() => _client.Dispose();

    private TimeSpan? FindWait(RetryConditionHeaderValue? header) => header?.Delta ?? header?.Date - timeProvider.GetUtcNow();

    /// <summary>Signs time and body, so that nobody who has listened to an event can send it again later.</summary>
    private string Sign(byte[] body)
    {
        var time = timeProvider.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(time + "."));
        hmac.AppendData(body);
        return $"t={time},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }
}
