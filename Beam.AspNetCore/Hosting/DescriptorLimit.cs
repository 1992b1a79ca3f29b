using System.Globalization;

namespace Beam.AspNetCore.Hosting;

/// <summary>
/// How many connections the process has descriptors for. A .NET process that runs out of them does not just refuse connections: it may die,
/// and all its transfers with it.
/// </summary>
internal static class DescriptorLimit
{
    // The runtime itself and its libraries take about 200.
    private const int ReservedDescriptors = 256;

    // A transfer that waits on the disk has a file in addition to its connection.
    private const int DescriptorsPerConnection = 2;

    private const string LineStart = "Max open files";

    /// <summary>
    /// How many connections may be open at a time; <see langword="null"/> when the system sets no limit or does not tell it.
    /// </summary>
    public static long? MostConnections()
    {
        try
        {
            return OperatingSystem.IsLinux() ? MostConnections(File.ReadLines("/proc/self/limits")) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How many connections may be open at a time, given the lines of <c>/proc/self/limits</c>.</summary>
    public static long? MostConnections(IEnumerable<string> limits)
    {
        var line = limits.FirstOrDefault(static line => line.StartsWith(LineStart, StringComparison.Ordinal));
        var soft = line?[LineStart.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var descriptors)
            ? Math.Max(1, (descriptors - ReservedDescriptors) / DescriptorsPerConnection)
            : null;
    }
}
