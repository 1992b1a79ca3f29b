using Beam.Testing;

namespace Beam.Conformance;

/// <summary>A curl that downloads to where its bytes can be counted.</summary>
internal sealed class CurlReceiver : IAsyncDisposable
{
    private const int StopSignal = 19;
    private const int ContinueSignal = 18;

    private CurlReceiver(ClientProcess process) => Process = process;

    public ClientProcess Process { get; }

    /// <summary>The status that curl got, 0 when it got none.</summary>
    public int Status => CurlReport.Status(Process);

    /// <summary>The file's bytes so far; a refusal's text is none.</summary>
    public byte[] Received => Process.HasExited && Status is not (0 or 200) ? [] : Process.Output;

    public static CurlReceiver Start(string url, Wire wire, string? rate = null)
    {
        List<string> arguments = [.. CurlSender.CommonArguments(wire), "-N"];
        if (rate is not null)
        {
            arguments.AddRange(["--limit-rate", rate]);
        }

        return new CurlReceiver(ClientProcess.Start("curl", [.. arguments, url]));
    }

    /// <summary>Stops the program where it is: its system still takes bytes, it does not.</summary>
    public void Freeze() => Process.Signal(StopSignal);

    public void Thaw() => Process.Signal(ContinueSignal);

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
