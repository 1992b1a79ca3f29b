using Beam.AspNetCore;
using Microsoft.AspNetCore.Builder;

namespace Beam.Client.Tests.Servers;

/// <summary>What tests of the client share: servers, clients and folders that end with the test, the newest first.</summary>
public abstract class ClientTests : IAsyncLifetime
{
    private protected const string Prefix = "/beam";

    private readonly Belongings _owned = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _owned.DisposeAsync();
    }

    /// <summary>How clients behave in tests: they come back at once.</summary>
    private protected static BeamClientOptions Quick(Action<BeamClientOptions>? configure = null)
    {
        var options = new BeamClientOptions
        {
            RetryDelay = TimeSpan.FromMilliseconds(5),
            MaxRetryDelay = TimeSpan.FromMilliseconds(100),
            GiveUpAfter = TimeSpan.FromSeconds(60),
        };
        configure?.Invoke(options);
        return options;
    }

    private protected BeamClient NewClient(Uri url, Action<BeamClientOptions>? configure = null)
        => Own(new BeamClient(url, Quick(configure)));

    private protected TempFolder NewFolder() => Own(new TempFolder());

    /// <summary>Starts a server with Beam below a path.</summary>
    private protected async Task<TestServer> StartServerAsync(
        Action<BeamOptions>? configure = null,
        Action<BeamHttpOptions>? configureHttp = null,
        Action<WebApplication>? configureApp = null)
        => OwnAsync(await TestServer.StartAsync(new TestServerSetup
        {
            Prefix = Prefix,
            Options = configure ?? (static _ => { }),
            HttpOptions = configureHttp ?? (static _ => { }),
            App = configureApp ?? (static _ => { }),
        }));

    private protected T OwnAsync<T>(T owned)
        where T : IAsyncDisposable => _owned.Add(owned);

    private protected T Own<T>(T owned)
        where T : IDisposable => _owned.AddDisposable(owned);
}
