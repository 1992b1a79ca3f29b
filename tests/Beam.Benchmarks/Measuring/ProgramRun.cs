using System.ComponentModel;
using System.Diagnostics;

namespace Beam.Benchmarks.Measuring;

/// <summary>A client program that runs to its end, and what it cost: looked at while it runs, for afterwards nobody tells.</summary>
internal sealed class ProgramRun
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ProgramRun(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Gets its processor time so far.</summary>
    public TimeSpan Cpu { get; private set; }

    /// <summary>Gets the most memory that it had, in bytes.</summary>
    public long PeakMemory { get; private set; }

    /// <summary>Starts a program that writes what it has to say to its standard output.</summary>
    public static ProgramRun Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new ProgramRun(Process.Start(start)!);
    }

    public string ReadLine() => _process.StandardOutput.ReadLine() ?? throw new InvalidDataException(_errors.Result);

    /// <summary>Waits for its end.</summary>
    /// <returns>How many bytes it has written since the last line that was read.</returns>
    /// <exception cref="InvalidDataException">It has failed.</exception>
    public long Finish()
    {
        var writing = LoadCount(_process.StandardOutput.BaseStream);
        while (!_process.WaitForExit(LookInterval))
        {
            _process.Refresh();
            try
            {
                Cpu = _process.TotalProcessorTime;
                PeakMemory = Math.Max(PeakMemory, ProcessMemory.Read(_process.Id).Peak);
            }
            catch (Exception exception) when (exception is InvalidOperationException or IOException or Win32Exception)
            {
                // It has just ended.
            }
        }

        var written = writing.Result;
        return _process.ExitCode == 0 ? written : throw new InvalidDataException($"It ended with {_process.ExitCode}: {_errors.Result}");
    }

    private static Task<long> LoadCount(Stream output) => Load.LoadThread.Run(() =>
    {
        var buffer = new byte[256 * 1024];
        var total = 0L;
        for (var count = output.Read(buffer); count > 0; count = output.Read(buffer))
        {
            total += count;
        }

        return total;
    });
}
