using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Beam.Client.Tests.Servers;

/// <summary>
/// A reverse proxy with the habits of real ones: a limit on bodies, a timeout for answers, and pages of its own for both.
/// </summary>
internal sealed class Gateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _target = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
    });
    private readonly int _targetPort;
    private int _refused;
    private int _timedOut;

    private Gateway(WebApplication app, int targetPort)
    {
        _app = app;
        _targetPort = targetPort;
    }

    /// <summary>Gets the largest body that it passes on.</summary>
    public long MaxBodyBytes { get; init; } = long.MaxValue;

    /// <summary>Gets how long it waits for an answer.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets how many bodies were too large.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Gets how many answers did not come in time.</summary>
    public int TimedOut => Volatile.Read(ref _timedOut);

    public static async Task<Gateway> StartAsync(TestServer server, long? maxBodyBytes = null, TimeSpan? answerTimeout = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(static kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var gateway = new Gateway(builder.Build(), server.Port)
        {
            MaxBodyBytes = maxBodyBytes ?? long.MaxValue,
            AnswerTimeout = answerTimeout ?? TimeSpan.FromMinutes(5),
        };
        gateway._app.Run(gateway.PassOnAsync);
        await gateway._app.StartAsync();
        return gateway;
    }

    /// <summary>The same address through this gateway.</summary>
    public Uri Through(Uri url) => new UriBuilder(url) { Port = new Uri(_app.Urls.First()).Port }.Uri;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _target.Dispose();
    }

    private static async Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html";
        await context.Response.WriteAsync("<html><body>gateway</body></html>");
    }

    private async Task PassOnAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBodyBytes)
        {
            Interlocked.Increment(ref _refused);
            await AnswerAsync(context, StatusCodes.Status413PayloadTooLarge);
            return;
        }

        using var timeout = new CancellationTokenSource(AnswerTimeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        using var request = Copy(context);
        HttpResponseMessage response;
        try
        {
            response = await _target.SendAsync(request, either.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            if (timeout.IsCancellationRequested)
            {
                Interlocked.Increment(ref _timedOut);
            }

            await AnswerAsync(
                context,
                timeout.IsCancellationRequested ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway);
            return;
        }

        using (response)
        {
            await AnswerAsync(context, response);
        }
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        var headers = response.Headers
            .Concat(response.Content.Headers)
            .Where(static header => header.Key is not ("Transfer-Encoding" or "Connection"));
        foreach (var header in headers)
        {
            context.Response.Headers[header.Key] = header.Value.ToArray();
        }

        try
        {
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
            await body.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }

    private HttpRequestMessage Copy(HttpContext context)
    {
        var from = context.Request;
        var url = new UriBuilder("http", "127.0.0.1", _targetPort)
        {
            Path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0],
            Query = from.QueryString.Value,
        };
        var request = new HttpRequestMessage(new HttpMethod(from.Method), url.Uri);
        if (from.ContentLength is not null || from.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(from.Body, 64 * 1024);
        }

        var headers = from.Headers.Where(static header => header.Key is not ("Host" or "Transfer-Encoding" or "Connection" or "Expect"));
        foreach (var header in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(header.Key, header.Value.ToArray());
            }
        }

        request.Headers.TryAddWithoutValidation("Via", "1.1 gateway");
        return request;
    }
}
