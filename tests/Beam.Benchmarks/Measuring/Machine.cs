using System.Globalization;
using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Beam.Benchmarks.Measuring;

/// <summary>What the numbers were measured on, without its name.</summary>
internal static class Machine
{
    private const double KiBPerGiB = 1024 * 1024;

    public static string Describe()
    {
        var configuration = typeof(Machine).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration;
        var memory = double.Parse(Field("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture) / KiBPerGiB;
        string[] facts =
        [
            $"{Environment.ProcessorCount} cores ({Field("/proc/cpuinfo", "model name")})",
            $"{Math.Round(memory)} GiB",
            $"Linux {Environment.OSVersion.Version}",
            RuntimeInformation.FrameworkDescription,
            $"{(GCSettings.IsServerGC ? "server" : "workstation")} garbage collector",
            $"{configuration} build",
            "loopback; clients and server share the cores",
            $"load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]} when the run began.",
        ];
        return string.Join(", ", facts);
    }

    private static string Field(string file, string name)
        => File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?";
}
