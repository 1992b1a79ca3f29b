using System.Globalization;
using Beam.Testing;

namespace Beam.Conformance;

/// <summary>A curl that uploads what it is given piece by piece.</summary>
internal sealed class CurlSender : IAsyncDisposable
{
    private CurlSender(ClientProcess process) => Process = process;

    public ClientProcess Process { get; }

    /// <summary>The status that curl got, 0 when it got none.</summary>
    public int Status => CurlReport.Status(Process);

    /// <summary>The answer's body.</summary>
    public string Text => Process.OutputText.Trim();

    /// <summary>Starts an upload.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="wire">The protocol.</param>
    /// <param name="length">What is declared; <see langword="null"/> for chunks.</param>
    /// <param name="waitsToBeAsked">Whether it sends <c>Expect: 100-continue</c>, which curl decides by itself unless told.</param>
    public static CurlSender Start(string url, Wire wire, long? length, bool waitsToBeAsked)
    {
        // Not "-T .": with it, curl 7.88 never ends when an answer comes while it waits for input. Either way it reads an answer only when
        // it has input.
        List<string> arguments = [.. CommonArguments(wire), "-T", "-"];
        if (length is { } bytes)
        {
            arguments.AddRange(["-H", $"Content-Length: {bytes.ToString(CultureInfo.InvariantCulture)}", "-H", "Transfer-Encoding:"]);
        }

        arguments.AddRange(["-H", waitsToBeAsked ? "Expect: 100-continue" : "Expect:", url]);
        return new CurlSender(ClientProcess.Start("curl", arguments, new ClientProcessOptions { KeepInputOpen = true }));
    }

    /// <summary>The arguments of every curl here: fail on refusals, say the status, never hang forever.</summary>
    public static IEnumerable<string> CommonArguments(Wire wire) =>
    [
        "-sS", "--fail-with-body", "--max-time", "60", "-w", CurlReport.Format,
        wire == Wire.Http1 ? "--http1.1" : "--http2-prior-knowledge",
    ];

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await Process.StandardInput.WriteAsync(bytes);
            await Process.StandardInput.FlushAsync();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It ended without taking more, as its exit code will say.
        }
    }

    public void Finish()
    {
        try
        {
            Process.StandardInput.Dispose();
        }
        catch (IOException)
        {
            // The same.
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
