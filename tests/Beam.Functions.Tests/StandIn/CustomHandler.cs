using System.Runtime.InteropServices;

namespace Beam.Functions.Tests.StandIn;

/// <summary>The program of a function app, started as the Functions host starts it.</summary>
internal sealed class CustomHandler : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private CustomHandler(ClientProcess process, int port)
    {
        Process = process;
        Address = $"http://127.0.0.1:{port}/";
    }

    public ClientProcess Process { get; }

    /// <summary>Gets where the program listens.</summary>
    public string Address { get; }

    /// <summary>Starts the program and waits until it answers <c>GET /</c>, with whatever status.</summary>
    public static async Task<CustomHandler> StartAsync(FunctionApp app, int port, IReadOnlyDictionary<string, string?> appSettings)
    {
        var id = Guid.NewGuid().ToString();
        var environment = new Dictionary<string, string?>
        {
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}",
            ["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = id,
            ["FUNCTIONS_HTTPWORKER_PORT"] = $"{port}",
            ["FUNCTIONS_HTTPWORKER_ID"] = id,
            ["FUNCTIONS_APP_ROOT_PATH"] = app.Folder,
            ["FUNCTIONS_WORKER_RUNTIME"] = "custom",

            // Where this machine's runtime is, for a program that was published without its own; and nothing else of this machine's.
            ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")),
            ["ASPNETCORE_URLS"] = null,
            ["ASPNETCORE_ENVIRONMENT"] = null,
            ["DOTNET_ENVIRONMENT"] = null,
        };
        foreach (var (name, value) in appSettings)
        {
            environment[name] = value;
        }

        var executable = Path.Combine(app.Folder, app.Executable);
        var process = ClientProcess.Start(
            File.Exists(executable) ? executable : app.Executable,
            app.Arguments,
            new ClientProcessOptions { Environment = environment, WorkingDirectory = app.Folder });
        var handler = new CustomHandler(process, port);
        try
        {
            await Eventually.TrueAsync(handler.AnswersAsync, "the program answers GET /", StartLimit);
            return handler;
        }
        catch (Exception exception)
        {
            var described = process.Describe();
            await handler.DisposeAsync();
            throw new InvalidOperationException($"The program did not start: {described}", exception);
        }
    }

    /// <summary>The most memory that the program has had resident, in bytes.</summary>
    public long PeakMemoryBytes()
    {
        var line = File.ReadLines($"/proc/{Process.Id}/status").First(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            System.Globalization.CultureInfo.InvariantCulture) * 1024;
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return Process.DisposeAsync();
    }

    private async Task<bool> AnswersAsync()
    {
        if (Process.HasExited)
        {
            throw new InvalidOperationException("It has ended.");
        }

        try
        {
            using var answer = await _http.GetAsync(new Uri(Address));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
