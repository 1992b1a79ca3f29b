using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Beam.Functions.Tests.StandIn;

/// <summary>
/// Does what the Azure Functions host does with a custom handler, as far as a client can tell. It starts the program in the folder, and
/// forwards requests to it with the library and the limits of the host. It ends the program when a request runs into functionTimeout, and
/// starts the program again when it has ended.
/// </summary>
internal sealed class FunctionsStandIn : IAsyncDisposable
{
    /// <summary>The key of the function app.</summary>
    public const string Key = "the-key-of-the-function-app";

    private const long DefaultBodyLimit = 104_857_600;
    private const string BodyLimitSetting = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT";

    private readonly FunctionApp _functionApp;
    private readonly StandInSettings _settings;
    private readonly int _programPort;
    private readonly WebApplication _host;
    private readonly HttpMessageInvoker _client;
    private readonly IHttpForwarder _forwarder;
    private readonly ForwarderRequestConfig _forwarding;
    private readonly CancellationTokenSource _disposing = new();
    private Task _watching = Task.CompletedTask;

    private FunctionsStandIn(FunctionApp app, StandInSettings settings)
    {
        _functionApp = app;
        _settings = settings;
        _programPort = TestPorts.Free();
        _client = new HttpMessageInvoker(new RepeatingHandler(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,

            // The host has 1 second, which a busy machine that runs tests may need for an answer.
            Expect100ContinueTimeout = TimeSpan.FromSeconds(30),
        }));
        _forwarding = new ForwarderRequestConfig { ActivityTimeout = settings.ActivityTimeout };

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = settings.AppSettings.TryGetValue(BodyLimitSetting, out var limit)
                ? long.Parse(limit!, System.Globalization.CultureInfo.InvariantCulture)
                : DefaultBodyLimit;
        });
        _host = builder.Build();
        _host.Run(InvokeAsync);
        _forwarder = _host.Services.GetRequiredService<IHttpForwarder>();
    }

    /// <summary>Gets the address of the function app, without a slash at the end.</summary>
    public string Url { get; private set; } = "";

    public int Port => new Uri(Url).Port;

    /// <summary>Gets the program as it runs now.</summary>
    public CustomHandler Program { get; private set; } = null!;

    /// <summary>Gets how often the program was started.</summary>
    public int Starts { get; private set; }

    public static async Task<FunctionsStandIn> StartAsync(string folder, StandInSettings settings)
    {
        var host = new FunctionsStandIn(new FunctionApp(folder), settings);
        try
        {
            await host.StartProgramAsync();
            await host._host.StartAsync();
            host.Url = host._host.Urls.Single();
            host._watching = host.WatchAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync();
        await _watching;
        if (Program is not null)
        {
            await Program.DisposeAsync();
        }

        await _host.DisposeAsync();
        _client.Dispose();
        _disposing.Dispose();
    }

    private async Task StartProgramAsync()
    {
        Program = await CustomHandler.StartAsync(_functionApp, _programPort, _settings.AppSettings);
        Starts++;
    }

    private async Task WatchAsync()
    {
        while (!_disposing.IsCancellationRequested)
        {
            if (Program.Process.HasExited)
            {
                await Program.DisposeAsync();
                await StartProgramAsync();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, _disposing.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (IsTheHosts(request.Path) || _functionApp.Find(request) is not { } function)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (function.NeedsKey && request.Headers["x-functions-key"] != Key && request.Query["code"] != Key)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var id = Guid.NewGuid().ToString();
        request.Headers["X-Azure-Functions-InvocationId"] = id;
        request.Headers["X-Azure-Functions-HostVersion"] = "4.0.0.0";
        request.Headers["x-ms-invocation-id"] = id;
        await using var timer = TimeProvider.System.CreateTimer(
            _ => Program.Process.Kill(),
            state: null,
            _functionApp.FunctionTimeout ?? Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        await _forwarder.SendAsync(context, Program.Address, _client, _forwarding, HttpTransformer.Default);
    }

    private static bool IsTheHosts(PathString path)
        => path.StartsWithSegments("/admin", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/runtime", StringComparison.OrdinalIgnoreCase);
}
