using System.Globalization;

namespace Beam.Benchmarks.Reporting;

/// <summary>Numbers as people read them.</summary>
internal static class Units
{
    private const double KiB = 1024;
    private const double MiB = KiB * 1024;
    private const double GiB = MiB * 1024;

    public static string Bytes(double bytes) => Math.Abs(bytes) switch
    {
        >= GiB => Number(bytes / GiB, "0.##", "GiB"),
        >= MiB => Number(bytes / MiB, "0.0", "MiB"),
        _ => Number(bytes / KiB, "0.0", "KiB"),
    };

    public static string BytesPerSecond(double bytes) => Number(bytes / MiB, "0", "MiB/s");

    public static string CpuSeconds(double seconds) => Number(seconds, "0.00", "s");

    public static string Microseconds(double microseconds) => Number(microseconds, "0", "µs");

    public static string Ratio(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    public static string Percent(double share) => (100 * share).ToString("0", CultureInfo.InvariantCulture) + " %";

    public static string Count(double count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Number(double value, string format, string unit)
        => value.ToString(format, CultureInfo.InvariantCulture) + " " + unit;
}
