using System.Globalization;

namespace Beam.Buffering;

/// <summary>
/// How many descriptors the process has for what peers cause. A .NET process that runs out of them may die, and all its transfers with it.
/// </summary>
public static class DescriptorLimit
{
    // The runtime itself and its libraries take about 200.
    private const int ReservedDescriptors = 256;

    // Connections take half, and with a gateway those to its nodes another quarter.
    private const int ShareOfFiles = 4;

    // With a limit that leaves nothing a relay still works.
    private const int FewestFiles = 4;

    private const string LineStart = "Max open files";

    /// <summary>Finds how many descriptors connections and files may take together.</summary>
    /// <returns>
    /// What remains of the limit of the process (<c>ulimit -n</c>, to which .NET raises its own) after 256 for the runtime, and never less
    /// than 0; <see langword="null"/> when the system sets no limit or does not tell it, as everywhere except on Linux.
    /// </returns>
    public static long? FindUsable()
    {
        try
        {
            return OperatingSystem.IsLinux() ? FindUsable(File.ReadLines("/proc/self/limits")) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Finds how many descriptors there are, given the lines of <c>/proc/self/limits</c>.</summary>
    internal static long? FindUsable(IEnumerable<string> limits)
    {
        var line = limits.FirstOrDefault(static line => line.StartsWith(LineStart, StringComparison.Ordinal));
        var soft = line?[LineStart.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var descriptors)
            ? Math.Max(0, descriptors - ReservedDescriptors)
            : null;
    }

    /// <summary>Says how many files a relay may have open with that many descriptors.</summary>
    internal static long MostFiles(long? usable)
        => usable is { } descriptors ? Math.Max(FewestFiles, descriptors / ShareOfFiles) : long.MaxValue;
}
