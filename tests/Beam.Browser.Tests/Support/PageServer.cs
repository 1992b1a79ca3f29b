using Beam.AspNetCore;
using Beam.AspNetCore.Routing;
using Beam.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Browser.Tests.Support;

/// <summary>A server with Beam below a path, which something else that listens may stand before. It is cut when its test is over.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private const string Prefix = "/beam";

    private readonly TestServer _server;

    private PageServer(TestServer server) => _server = server;

    public Relay Relay => _server.Relay;

    public int Port => _server.Port;

    /// <summary>Starts one.</summary>
    /// <param name="options">Sets Beam's options.</param>
    /// <param name="http">Sets Beam's options over HTTP.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="conventions">Sets conventions on Beam's endpoints.</param>
    public static async Task<PageServer> StartAsync(
        Action<BeamOptions>? options = null,
        Action<BeamHttpOptions>? http = null,
        Action<IServiceCollection>? services = null,
        Action<BeamEndpointConventionBuilder>? conventions = null)
        => new(await TestServer.StartAsync(new TestServerSetup
        {
            Prefix = Prefix,
            Options = options ?? (static _ => { }),
            HttpOptions = http ?? (static _ => { }),
            Services = builder =>
            {
                builder.WebHost.UseBeamDefaults();
                services?.Invoke(builder.Services);
                builder.Services.AddAuthorization();
            },
            App = static app => app.UseAuthorization(),
            Conventions = conventions ?? (static _ => { }),
            EndsEmpty = false,
        }));

    /// <summary>The address of a path of Beam's, directly or through something that listens on another port.</summary>
    public string Url(string path, int? port = null) => $"http://127.0.0.1:{port ?? Port}{Prefix}/{path}";

    /// <summary>Mints a token without HTTP.</summary>
    public string Mint() => Relay.Tokens.MintAsync().AtOnce()!.Secret;

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
