using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Servers;

/// <summary>
/// What tests over HTTP share: servers and clients that end with the test, the newest first. So all clients have gone when the test asks
/// a server what it still holds. The runner reports a failed check at the end besides the test's own failure, not instead of it.
/// </summary>
public abstract class HttpTests : IAsyncLifetime
{
    private readonly Belongings _owned = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _owned.DisposeAsync();
    }

    private protected async Task<BeamServer> StartServerAsync(Action<TestServerSetup>? configure = null)
        => Own(await BeamServer.StartAsync(configure));

    /// <summary>Starts curl, silent except for errors, its output unbuffered.</summary>
    private protected ClientProcess Curl(params IEnumerable<string> arguments) => Curl(new ClientProcessOptions(), arguments);

    private protected ClientProcess Curl(ClientProcessOptions options, params IEnumerable<string> arguments)
        => Own(ClientProcess.Start("curl", ["-q", "-sSN", "--max-time", "60", .. arguments], options));

    /// <summary>Starts curl that speaks the given protocol.</summary>
    private protected ClientProcess Curl(Wire wire, params IEnumerable<string> arguments) => Curl([.. Switches(wire), .. arguments]);

    private protected static IEnumerable<string> Switches(Wire wire) => wire switch
    {
        Wire.H2c => ["--http2-prior-knowledge"],
        Wire.TlsHttp1 => ["-k", "--http1.1"],
        Wire.TlsHttp2 => ["-k", "--http2"],
        _ => ["--http1.1"],
    };

    private protected async Task<RawHttpClient> ConnectAsync(BeamServer server, int? receiveBufferBytes = null)
        => OwnDisposable(await RawHttpClient.ConnectAsync(server.Port, receiveBufferBytes));

    /// <summary>Receives the first bytes of a file, and breaks off.</summary>
    private protected async Task BreakOffAsync(BeamServer server, string path, long bytes)
    {
        using var receiver = await ConnectAsync(server);
        await receiver.SendAsync($"GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await receiver.ReadHeadAsync();
        await server.WaitForAsync(transfer => transfer.BytesSent == bytes);
        receiver.Reset();
        await server.WaitForAsync(TransferState.ReceiverAway);
    }

    private protected TempFolder NewFolder() => OwnDisposable(new TempFolder());

    private protected T Own<T>(T owned)
        where T : IAsyncDisposable => _owned.Add(owned);

    private protected T OwnDisposable<T>(T owned)
        where T : IDisposable => _owned.AddDisposable(owned);
}
