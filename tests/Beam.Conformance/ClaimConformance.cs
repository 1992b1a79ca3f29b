using System.Globalization;
using System.Text;
using Beam.Testing;
using Xunit;

namespace Beam.Conformance;

/// <summary>
/// What a receiver with a plain curl says of the bytes that it has, and what the answer says of those that come: every host of Beam derives
/// from this, once.
/// </summary>
public abstract class ClaimConformance
{
    private const string Fresh = "NEWNEWNEW!";
    private const string Old = "old-old-ol";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A receiver has an old file of as many bytes, or of fewer, and tries to go on with that.</summary>
    [Theory]
    [InlineData(10, "416")]
    [InlineData(9, "409")]
    [Trait("Rule", "P22")]
    [Trait("Rule", "P27")]
    public async Task OldFile_IsNotTakenForTheNewOne(int had, string status)
    {
        await using var host = await StartAsync(BeamHostSettings.Default with { ResumeTimeout = Comeback.ResumeTimeout });
        using var folder = new TempFolder();
        var url = $"{host.Http1Url}/{await host.MintAsync()}/file.bin";
        var file = folder.Write("file.bin", Encoding.ASCII.GetBytes(Old[..had]));
        await using var sender = Curl("-T", folder.Write("new", Encoding.ASCII.GetBytes(Fresh)), url);
        await HoldsAsync(host, Fresh.Length);

        await using var first = Curl("-C", "-", "-o", file, "-w", "%{http_code}", url);
        await first.WaitAsync(Patience);
        await using var second = Curl(url);
        await second.WaitAsync(Patience);
        await sender.WaitAsync(Patience);

        Check((22, status), (first.ExitCode, first.OutputText), first);
        Check(Old[..had], await File.ReadAllTextAsync(file), first);
        Check((0, Fresh), (second.ExitCode, second.OutputText), second);
        Check(0, sender.ExitCode, sender);
        Check(true, sender.OutputText.Contains(": 10 bytes to 1 receiver", StringComparison.Ordinal), sender);
    }

    /// <summary>The length becomes known only after the answer has begun.</summary>
    [Theory]
    [InlineData("0-2699999", "--http1.1")]
    [InlineData("0-10", "--http1.1")]
    [InlineData("0-10", "--http1.0")]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P22")]
    public async Task SlowReceiver_GetsAllThatItsAnswerHasPromised(string range, string version)
    {
        const int Size = 3_000_000;
        const int Begun = 60_000;
        var bytes = TestBytes.Create(1, Size);
        await using var host = await StartAsync(BeamHostSettings.Default with { ResumeTimeout = Comeback.ResumeTimeout });
        var url = $"{host.Http1Url}/{await host.MintAsync()}/file.bin";
        await using var sender = CurlSender.Start(url, Wire.Http1, length: null, waitsToBeAsked: false);
        await sender.WriteAsync(bytes.AsMemory(0, Begun));
        await HoldsAsync(host, Begun - host.HeldBackBytes);

        await using var receiver = Curl(version, "-N", "-r", range, "--limit-rate", "3M", url);
        await receiver.WaitForOutputAsync(1);
        await sender.WriteAsync(bytes.AsMemory(Begun));
        sender.Finish();
        await receiver.WaitAsync(Patience);
        await sender.Process.WaitAsync(Patience);

        Check((0, Size, -1L), (receiver.ExitCode, receiver.Output.Length, TestBytes.FindMismatch(1, 0, receiver.Output)), receiver);
        Check((0, 200), (sender.Process.ExitCode, sender.Status), sender.Process);
    }

    /// <summary>Starts the host that is tested.</summary>
    protected abstract Task<BeamHost> StartAsync(BeamHostSettings settings);

    private static ClientProcess Curl(params IEnumerable<string> arguments)
        => ClientProcess.Start("curl", ["-q", "-sS", "--fail", "--max-time", "60", .. arguments]);

    private static Task HoldsAsync(BeamHost host, long bytes) => Eventually.TrueAsync(
        async () => (await host.GetHoldingsAsync()).BytesReceived >= bytes,
        string.Create(CultureInfo.InvariantCulture, $"the relay has got {bytes} bytes"),
        TimeSpan.FromSeconds(30));

    private static void Check<T>(T expected, T actual, ClientProcess program)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ConformanceException($"{actual} instead of {expected}. {program.Describe()}");
        }
    }
}
