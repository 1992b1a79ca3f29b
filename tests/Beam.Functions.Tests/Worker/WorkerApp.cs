using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Functions.Tests.Worker;

/// <summary>
/// Gives a function what it gets in an isolated worker with the ASP.NET Core integration. That is the request of a Kestrel that nobody has
/// configured, on one endpoint for all paths.
/// </summary>
internal sealed class WorkerApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WorkerApp(WebApplication app) => _app = app;

    /// <summary>Gets the address, without a slash at the end.</summary>
    public string Url => _app.Urls.Single();

    /// <summary>Starts it.</summary>
    /// <param name="function">The function.</param>
    /// <param name="addBeam">Whether the services are registered.</param>
    /// <param name="settings">App settings.</param>
    public static async Task<WorkerApp> StartAsync(
        Func<HttpRequest, Task> function,
        bool addBeam = true,
        params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.Select(
            static setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        if (addBeam)
        {
            builder.AddBeamFunctions();
        }

        var app = builder.Build();
        app.Map("/{**path}", context => function(context.Request));
        await app.StartAsync();
        return new WorkerApp(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
