using System.Diagnostics;
using System.Globalization;
using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Scenarios;

/// <summary>A new directory for a relay to spill to, deleted on disposal.</summary>
internal sealed class SpillFolder : IDisposable
{
    /// <summary>How often somebody looks whether a sender has sent everything; a spinning one would take a core from the server.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private const int FileBytes = 256 * 1024;

    public string Path { get; } = Directory.CreateTempSubdirectory("beam-benchmark-").FullName;

    public IEnumerable<string> Settings(long memoryBytes, long diskBytes) =>
    [
        $"--Beam:SpillDirectory={Path}",
        string.Create(CultureInfo.InvariantCulture, $"--Beam:MemoryBudgetBytes={memoryBytes}"),
        string.Create(CultureInfo.InvariantCulture, $"--Beam:DiskBudgetBytes={diskBytes}"),
    ];

    /// <summary>Looks whether the relay has given everything back.</summary>
    public void AddWhatIsLeft(MeasureTable measures, ServerProcess server)
    {
        // The sender's answer is the last thing it waits for; what the transfer held is given back at the same time.
        var overview = server.Client.Overview();
        for (var look = 0; look < 100 && overview.GetProperty("activeTransfers").GetInt32() > 0; look++)
        {
            Thread.Sleep(10);
            overview = server.Client.Overview();
        }

        var files = Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Count();
        var open = server.CountOpenFiles(Path);
        var leased = overview.GetProperty("memoryUsedBytes").GetInt64() + overview.GetProperty("diskUsedBytes").GetInt64();
        measures.Add(
            "left: files, open files, leased bytes",
            $"{files}, {open}, {Units.Count(leased)}",
            "nothing",
            files == 0 && open == 0 && leased == 0);
    }

    /// <summary>
    /// Measures what the system alone takes to keep bytes in a file and give them back; this process does nothing else meanwhile.
    /// </summary>
    public Cost WriteAndRead(long bytes)
    {
        var (cpuBefore, startedAt) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        var piece = new byte[FileBytes];
        using (var file = File.OpenHandle(
            System.IO.Path.Combine(Path, "alone"),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            options: FileOptions.DeleteOnClose,
            preallocationSize: bytes))
        {
            for (var offset = 0L; offset < bytes; offset += piece.Length)
            {
                RandomAccess.Write(file, piece, offset);
            }

            for (var offset = 0L; offset < bytes; offset += piece.Length)
            {
                RandomAccess.Read(file, piece, offset);
            }
        }

        return new Cost(bytes, Stopwatch.GetElapsedTime(startedAt), Environment.CpuUsage.TotalTime - cpuBefore, MemoryGrowth: 0);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
