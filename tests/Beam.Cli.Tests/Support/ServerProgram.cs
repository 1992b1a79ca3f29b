using System.Globalization;

namespace Beam.Cli.Tests.Support;

/// <summary>The standalone server as a program of its own, which can be killed and started again.</summary>
internal sealed class ServerProgram : IAsyncDisposable
{
    private readonly ClientProcess _process;

    private ServerProgram(ClientProcess process) => _process = process;

    /// <param name="program">The server's program.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="spillFolder">Where it keeps what was handed in.</param>
    /// <param name="limit">How long it may take to start.</param>
    public static async Task<ServerProgram> StartAsync(string program, int port, string spillFolder, TimeSpan limit)
    {
        var environment = new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = null,
            ["ASPNETCORE_HTTP_PORTS"] = null,
            ["ASPNETCORE_ENVIRONMENT"] = null,
            ["DOTNET_ENVIRONMENT"] = null,
            ["Beam__SpillDirectory"] = spillFolder,
        };
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var process = ClientProcess.Start("dotnet", [program, "--urls", url], new ClientProcessOptions { Environment = environment });
        try
        {
            await process.WaitForOutputAsync("isten", limit);
            return new ServerProgram(process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it without a word.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
