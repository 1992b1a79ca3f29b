using System.Globalization;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks;

/// <summary>What the scenarios share: how much to do, and servers to do it with.</summary>
internal sealed class BenchmarkContext(BenchmarkArguments arguments)
{
    public const long MiB = 1024 * 1024;

    private const int WarmUpTransfers = 20;

    public bool IsQuick => arguments.IsQuick;

    public int Runs => arguments.Runs;

    /// <summary>
    /// Gets the most bytes of one transfer that the measured relay holds in memory: its window, and what it keeps behind the receiver.
    /// </summary>
    public long HeldBytes { get; } = Setting(arguments, nameof(BeamOptions.WindowBytes), new BeamOptions().WindowBytes)
        + Setting(arguments, nameof(BeamOptions.RewindBytes), new BeamOptions().RewindBytes);

    /// <summary>Picks the real size, or the one that only shows that it works.</summary>
    public T Pick<T>(T full, T quick) => IsQuick ? quick : full;

    /// <summary>Starts the program that was named as another limit to compare with, if one was.</summary>
    public ServerProcess? StartOtherLimit() => arguments.OtherLimit is { } program ? ServerProcess.StartProgram(program) : null;

    /// <summary>Starts a relay whose code has run before, so that what is measured is not its compilation.</summary>
    public ServerProcess StartBeam(params IEnumerable<string> settings)
        => Start(ServerKind.Beam, [.. settings, .. arguments.ServerSettings]);

    /// <inheritdoc cref="StartBeam"/>
    public ServerProcess Start(ServerKind kind)
        => kind == ServerKind.Beam ? StartBeam() : Start(kind, []);

    private static ServerProcess Start(ServerKind kind, IReadOnlyList<string> settings)
    {
        var server = ServerProcess.Start(kind, settings);
        for (var i = 0; i < WarmUpTransfers && kind != ServerKind.Echo; i++)
        {
            server.Client.MovePair(server.NextPath(), length: 1024, seed: i);
        }

        return server;
    }

    private static long Setting(BenchmarkArguments arguments, string name, long byDefault)
        => arguments.ServerSettings.LastOrDefault(setting => setting.StartsWith($"--Beam:{name}=", StringComparison.Ordinal)) is { } setting
            ? long.Parse(setting.AsSpan(setting.IndexOf('=', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture)
            : byDefault;
}
