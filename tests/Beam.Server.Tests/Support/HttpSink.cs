using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Beam.Server.Tests.Support;

/// <summary>A server on a free port that keeps whatever is posted to it, and answers what the test says.</summary>
internal sealed class HttpSink : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpSink(WebApplication app, ConcurrentQueue<SunkRequest> requests)
    {
        _app = app;
        Requests = requests;
    }

    public ConcurrentQueue<SunkRequest> Requests { get; }

    public string Url => _app.Urls.First();

    /// <summary>Starts a server.</summary>
    /// <param name="status">What the request of a number, counted from 0, is answered.</param>
    public static Task<HttpSink> StartAsync(Func<int, int>? status = null)
        => StartAsync((number, _, response) => response.StatusCode = status?.Invoke(number) ?? StatusCodes.Status200OK);

    /// <summary>Starts a server.</summary>
    /// <param name="answer">Answers the request of a number, counted from 0, with a body.</param>
    public static async Task<HttpSink> StartAsync(Action<int, string, HttpResponse> answer)
    {
        var requests = new ConcurrentQueue<SunkRequest>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            answer(requests.Count, Encoding.UTF8.GetString(body.ToArray()), context.Response);
            var headers = context.Request.Headers.ToDictionary(
                static header => header.Key,
                static header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase);
            requests.Enqueue(new SunkRequest(context.Request.Path.Value!, headers, body.ToArray()));
        });
        await app.StartAsync();
        return new HttpSink(app, requests);
    }

    public Task WaitForAsync(int count) => Eventually.TrueAsync(() => Requests.Count >= count, $"{count} requests came");

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
