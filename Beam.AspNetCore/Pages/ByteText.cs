using System.Globalization;

namespace Beam.AspNetCore.Pages;

/// <summary>Numbers of bytes for people.</summary>
internal static class ByteText
{
    public static string Of(long bytes)
    {
        var (unit, divisor) = bytes switch
        {
            >= 1L << 30 => ("GiB", 1L << 30),
            >= 1L << 20 => ("MiB", 1L << 20),
            >= 1L << 10 => ("KiB", 1L << 10),
            _ => ("B", 1L),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / divisor:0.#} {unit}");
    }
}
