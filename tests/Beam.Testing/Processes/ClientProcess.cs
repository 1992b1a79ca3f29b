using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Beam.Testing;

/// <summary>A real program under test control, such as curl. Whatever still runs is killed on disposal.</summary>
public sealed partial class ClientProcess : IAsyncDisposable
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    // A proxy of the surrounding machine must not get between a test and its loopback server.
    private static readonly string[] ProxyVariables =
        ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

    private readonly Process _process;
    private readonly string _commandLine;
    private readonly CapturedOutput _output;
    private readonly CapturedOutput _error;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Task _input;
    private bool _disposed;

    private ClientProcess(Process process, string commandLine, ClientProcessOptions options)
    {
        _process = process;
        _commandLine = commandLine;
        _output = new CapturedOutput(process.StandardOutput.BaseStream);
        _error = new CapturedOutput(process.StandardError.BaseStream);
        _input = FeedAsync(options);
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the program has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit code of a program that has ended: 128 + n after signal n.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>What the program wrote to its standard output so far.</summary>
    public byte[] Output => _output.ToArray();

    /// <summary>The same as text.</summary>
    public string OutputText => Encoding.UTF8.GetString(Output);

    /// <summary>What the program wrote to its standard error so far.</summary>
    public string ErrorText => Encoding.UTF8.GetString(_error.ToArray());

    /// <summary>
    /// The program's standard input, open only with <see cref="ClientProcessOptions.KeepInputOpen"/>. Disposing it ends the input.
    /// </summary>
    public Stream StandardInput => _process.StandardInput.BaseStream;

    /// <summary>Whether the search path has such a program.</summary>
    public static bool IsAvailable(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Starts a program with nothing to read. No shell sees the arguments.</summary>
    public static ClientProcess Start(string program, params IEnumerable<string> arguments) =>
        Start(program, arguments, new ClientProcessOptions());

    /// <summary>Starts a program that reads <paramref name="input"/>.</summary>
    public static ClientProcess Start(string program, IEnumerable<string> arguments, byte[] input) =>
        Start(program, arguments, new ClientProcessOptions { Input = new MemoryStream(input, writable: false) });

    /// <summary>Starts a program.</summary>
    public static ClientProcess Start(string program, IEnumerable<string> arguments, ClientProcessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        foreach (var name in ProxyVariables)
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        return new ClientProcess(process, $"{program} {string.Join(' ', start.ArgumentList)}", options);
    }

    /// <summary>Waits for the program's end and for its last output, and returns the exit code.</summary>
    /// <param name="timeout">The longest wait; 30 seconds by default.</param>
    /// <exception cref="TimeoutException">It still runs; the message says what it wrote.</exception>
    public async Task<int> WaitAsync(TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? DefaultTimeout, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            await Task.WhenAll(_output.Ended, _error.Ended).WaitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"Still running: {Describe()}", exception);
        }
    }

    /// <summary>Waits for the program's end and returns its output.</summary>
    /// <exception cref="InvalidOperationException">Its exit code is not 0; the message says what it wrote.</exception>
    /// <exception cref="TimeoutException">It still runs; the message says what it wrote.</exception>
    public async Task<string> OutputOfSuccessAsync()
        => await WaitAsync() == 0 ? OutputText : throw new InvalidOperationException($"It failed: {Describe()}");

    /// <summary>Waits until the standard output holds at least a number of bytes.</summary>
    public Task WaitForOutputAsync(int count, TimeSpan? timeout = null) =>
        WaitForAsync(_output, bytes => bytes.Length >= count, $"{count} bytes of output", timeout);

    /// <summary>Waits until the standard output contains a text.</summary>
    public Task WaitForOutputAsync(string text, TimeSpan? timeout = null) =>
        WaitForAsync(_output, bytes => Encoding.UTF8.GetString(bytes).Contains(text, StringComparison.Ordinal), text, timeout);

    /// <summary>Waits until the standard error contains a text.</summary>
    public Task WaitForErrorTextAsync(string text, TimeSpan? timeout = null) =>
        WaitForAsync(_error, bytes => Encoding.UTF8.GetString(bytes).Contains(text, StringComparison.Ordinal), text, timeout);

    /// <summary>Waits until something accepts connections at a loopback port; the program's end ends the wait with what it wrote.</summary>
    public Task ListensAsync(int port) => Eventually.TrueAsync(
        async () =>
        {
            if (HasExited)
            {
                await WaitAsync();
                throw new InvalidOperationException($"Ended before it listened at {port}: {Describe()}");
            }

            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        },
        $"the program listens at {port}");

    /// <summary>Ends the program at once with SIGKILL: the kernel closes its connections, it cannot say goodbye.</summary>
    public void Kill() => _process.Kill();

    /// <summary>
    /// Sends a signal by number, such as 2 for an interrupt, 19 to stop and 18 to continue. Nothing happens after the program's end.
    /// </summary>
    public void Signal(int signal)
    {
        if (!HasExited && SendSignal(Id, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>The command line and what the program wrote, for the message of a failed assertion.</summary>
    public string Describe() =>
        $"{_commandLine}\n"
        + (HasExited ? $"exit code {ExitCode}\n" : "")
        + $"output, {Output.Length} bytes: {Tail(OutputText)}\n"
        + $"error: {Tail(ErrorText)}";

    /// <inheritdoc/>
    public override string ToString() => Describe();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await _disposing.CancelAsync();
        _process.Dispose();
        await _input;
        _disposing.Dispose();
    }

    private static string Tail(string text) => text.Length <= 2000 ? text : "..." + text[^2000..];

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);

    private async Task WaitForAsync(CapturedOutput output, Func<byte[], bool> condition, string what, TimeSpan? timeout)
    {
        using var limit = new CancellationTokenSource(timeout ?? DefaultTimeout, TimeProvider.System);
        if (!await output.WaitForAsync(condition, limit.Token))
        {
            throw new TimeoutException($"Did not write {what}: {Describe()}");
        }
    }

    private async Task FeedAsync(ClientProcessOptions options)
    {
        try
        {
            if (options.Input is { } input)
            {
                await input.CopyToAsync(StandardInput, _disposing.Token);
                await StandardInput.FlushAsync(_disposing.Token);
            }

            if (!options.KeepInputOpen)
            {
                StandardInput.Close();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The program ended before it had read everything, which is for the test to judge.
        }
    }
}
