using System.Diagnostics;
using System.Globalization;
using Beam.Benchmarks.Load;
using Beam.Benchmarks.Measuring;

namespace Beam.Benchmarks.Servers;

/// <summary>A server in a process of its own, and what it costs. Killed on disposal.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _token;
    private int _names;

    private ServerProcess(Process process, ServerKind kind, int port, int http2Port)
    {
        _process = process;
        Kind = kind;
        Port = port;
        Http2Port = http2Port;
        Client = new RelayClient(port);
        _token = kind == ServerKind.Beam ? Client.Mint() : "baseline";
    }

    public ServerKind Kind { get; }

    public int Port { get; }

    /// <summary>Gets the port for HTTP/2 without TLS; 0 when there is none.</summary>
    public int Http2Port { get; }

    public RelayClient Client { get; }

    /// <summary>Gets the processor time that the server has used, in user mode and in the kernel.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Gets the memory that the server uses now.</summary>
    public ProcessMemory Memory => ProcessMemory.Read(_process.Id);

    /// <summary>Starts this program again as a server and waits until it listens.</summary>
    /// <param name="kind">What it runs.</param>
    /// <param name="settings">Settings such as <c>--Beam:WindowBytes=65536</c>.</param>
    public static ServerProcess Start(ServerKind kind, params IEnumerable<string> settings)
    {
        var program = Environment.ProcessPath!;
        var isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] assembly = isHosted ? [typeof(ServerProcess).Assembly.Location] : [];
        return Start(kind, program, [.. assembly, ServeCommand.Name, kind.ToString(), .. settings]);
    }

    /// <summary>Starts another program that passes bytes on as the socket copy does.</summary>
    /// <param name="program">Its path.</param>
    public static ServerProcess StartProgram(string program) => Start(ServerKind.Copy, program, []);

    private static ServerProcess Start(ServerKind kind, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() is { } line && line.StartsWith("listening ", StringComparison.Ordinal))
        {
            int[] ports = [.. line.Split(' ').Skip(1).Select(static port => int.Parse(port, CultureInfo.InvariantCulture))];
            return new ServerProcess(process, kind, ports[0], ports.ElementAtOrDefault(1));
        }

        process.Kill();
        process.Dispose();
        throw new InvalidOperationException($"{program} did not start as a server.");
    }

    /// <summary>Makes a path that no transfer of this server has had.</summary>
    public string NextPath() => string.Create(CultureInfo.InvariantCulture, $"{_token}/{Interlocked.Increment(ref _names)}");

    /// <summary>Forgets the most memory that the server has used so far.</summary>
    public void ResetPeak() => ProcessMemory.TryResetPeak(_process.Id);

    /// <summary>Counts the files below <paramref name="directory"/> that the server has open, deleted ones included.</summary>
    public int CountOpenFiles(string directory)
        => Directory.EnumerateFileSystemEntries($"/proc/{_process.Id}/fd").Count(
            file => new FileInfo(file).LinkTarget?.StartsWith(directory, StringComparison.Ordinal) == true);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
