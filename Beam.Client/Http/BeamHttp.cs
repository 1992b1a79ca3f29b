using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Beam.Client;

/// <summary>Sends requests, and turns errors into a <see cref="BeamException"/>.</summary>
internal sealed class BeamHttp(HttpClient httpClient, BeamClientOptions options)
{
    // More than any answer of Beam needs that is no file. A server may be anybody's.
    private const int MostBytes = 64 * 1024;

    private readonly MediaTypeWithQualityHeaderValue _json = new("application/json");

    public BeamClientOptions Options => options;

    public TimeProvider TimeProvider => options.TimeProvider;

    /// <summary>Where tokens are minted.</summary>
    public Uri BaseAddress => options.BaseAddress ?? httpClient.BaseAddress
        ?? throw new InvalidOperationException("Minting needs an address: set BeamClientOptions.BaseAddress, or the HttpClient's.");

    /// <summary>Says whether that is where tokens are minted. The access key goes nowhere else.</summary>
    public bool IsOwn(Uri baseAddress)
        => (options.BaseAddress ?? httpClient.BaseAddress)?.AbsoluteUri.TrimEnd('/') == baseAddress.AbsoluteUri.TrimEnd('/');

    public HttpRequestMessage Request(HttpMethod method, Uri url, string query = "", bool acceptsJson = true)
    {
        var request = new HttpRequestMessage(method, query.Length == 0 ? url : new Uri(url.AbsoluteUri + query))
        {
            Version = httpClient.DefaultRequestVersion,
            VersionPolicy = httpClient.DefaultVersionPolicy,
        };
        if (acceptsJson)
        {
            request.Headers.Accept.Add(_json);
        }

        return request;
    }

    /// <summary>Sends a request. The caller reads the body of the answer.</summary>
    /// <exception cref="BeamException">No answer came: <see cref="BeamError.Broken"/>.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await httpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsTransport(exception, cancellationToken))
        {
            throw Broken(exception);
        }
    }

    /// <summary>Sends a request that a living server answers at once.</summary>
    /// <exception cref="BeamException">No answer came: <see cref="BeamError.Broken"/>.</exception>
    public async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var watch = new IdleWatch(options, cancellationToken);
        watch.Restart();
        try
        {
            return await SendAsync(request, watch.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Broken(exception);
        }
    }

    /// <summary>Reads the JSON of an answer, which is short and comes at once.</summary>
    /// <exception cref="BeamException">
    /// It does not come: <see cref="BeamError.Broken"/>. It is something else, or longer than any answer of Beam:
    /// <see cref="BeamError.Unexpected"/>.
    /// </exception>
    public async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var bytes = await ReadBytesAsync(response, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw NotBeam(response);
        }
        catch (JsonException exception)
        {
            throw NotBeam(response, exception);
        }
    }

    /// <summary>Turns a refusal into an exception.</summary>
    public async Task<BeamException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var isFromBeam = HttpFields.IsFromBeam(response);
        var problem = isFromBeam ? await ReadProblemAsync(response, cancellationToken).ConfigureAwait(false) : null;
        var error = ErrorNames.Find(problem?.Error) ?? ErrorNames.Find(response.StatusCode, isFromBeam);
        return new BeamException(error, problem?.Detail is { } detail ? ServerText.Clean(detail) : ErrorNames.Describe(error))
        {
            StatusCode = response.StatusCode,
            Code = problem?.Error,
            RetryAfter = HttpFields.RetryAfter(response, TimeProvider),
            Receivers = ReceiverBody.ToReceipts(problem?.Receivers),
        };
    }

    /// <summary>Says whether an exception comes from the network, and not from the caller's own cancellation.</summary>
    /// <remarks>A connection that is reset as soon as it is made surfaces as a bare <see cref="SocketException"/>.</remarks>
    public static bool IsTransport(Exception exception, CancellationToken cancellationToken)
        => !cancellationToken.IsCancellationRequested
            && exception is HttpRequestException or IOException or SocketException or OperationCanceledException;

    public static BeamException Broken(Exception? exception = null)
        => new(BeamError.Broken, ErrorNames.Describe(BeamError.Broken), exception);

    public static BeamException NotBeam(HttpResponseMessage response, Exception? exception = null)
        => new(BeamError.Unexpected, "The answer is not from Beam. Is the address right?", exception) { StatusCode = response.StatusCode };

    private async Task<ProblemBody?> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await ReadBytesAsync(response, cancellationToken).ConfigureAwait(false);
            if (response.Content.Headers.ContentType is not { MediaType: "text/plain" })
            {
                return JsonSerializer.Deserialize(bytes, WireJson.Default.ProblemBody);
            }

            var line = Encoding.UTF8.GetString(bytes).TrimEnd('\n');
            return new ProblemBody(Title: null, (int)response.StatusCode, line, Error: null, Receivers: null);
        }
        catch (Exception exception) when (exception is JsonException or BeamException)
        {
            // The status says enough.
            return null;
        }
    }

    /// <summary>Reads a short answer. A server that sends a byte now and then does not get more time by it.</summary>
    private async Task<byte[]> ReadBytesAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var watch = new IdleWatch(options, cancellationToken);
        watch.Restart();
        try
        {
            await response.Content.LoadIntoBufferAsync(MostBytes, watch.Token).ConfigureAwait(false);
            return await response.Content.ReadAsByteArrayAsync(watch.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw NotBeam(response, exception);
        }
        catch (Exception exception) when (IsTransport(exception, cancellationToken))
        {
            throw Broken(exception);
        }
    }
}
