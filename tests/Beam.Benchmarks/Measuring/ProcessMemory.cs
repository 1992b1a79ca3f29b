using System.Globalization;

namespace Beam.Benchmarks.Measuring;

/// <summary>Memory of a process in bytes, from <c>/proc/PID/status</c>.</summary>
/// <param name="Resident">All that is in memory now, files that are mapped included (VmRSS).</param>
/// <param name="Peak">The most that was resident since the last reset (VmHWM).</param>
/// <param name="Anonymous">What belongs to the process alone: heaps, buffers, stacks (RssAnon).</param>
internal sealed record ProcessMemory(long Resident, long Peak, long Anonymous)
{
    public static ProcessMemory Read(int processId)
    {
        var lines = File.ReadAllLines($"/proc/{processId}/status");
        return new ProcessMemory(Find(lines, "VmRSS:"), Find(lines, "VmHWM:"), Find(lines, "RssAnon:"));
    }

    /// <summary>Makes the peak start anew. Some containers do not allow it; the peak then counts from the start of the process.</summary>
    public static bool TryResetPeak(int processId)
    {
        try
        {
            // 5 resets the peak: proc_pid_clear_refs(5).
            File.WriteAllText($"/proc/{processId}/clear_refs", "5");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Find(string[] lines, string name)
    {
        var line = lines.Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(
            line.AsSpan(name.Length, line.Length - name.Length - " kB".Length),
            NumberStyles.AllowLeadingWhite,
            CultureInfo.InvariantCulture);
    }
}
