using System.Globalization;
using System.Text;
using QRCoder;

namespace Beam.AspNetCore.Pages;

/// <summary>QR codes as SVG.</summary>
internal static class QrCode
{
    // What the largest code holds at this level of error correction (ISO/IEC 18004, version 40).
    private const int MostBytes = 2331;

    /// <summary>An address as a picture within a page; nothing when it is too long for one.</summary>
    public static Html Inline(string address, string label)
    {
        if (!IsPossible(address))
        {
            return Html.None;
        }

        var (size, path) = Draw(address);
        return $"""
            <svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">
            <path d="{path}"/></svg>
            """;
    }

    /// <summary>Says whether a code holds that much.</summary>
    public static bool IsPossible(string address) => Encoding.UTF8.GetByteCount(address) <= MostBytes;

    /// <summary>An address as a picture by itself; the address must be <see cref="IsPossible"/>.</summary>
    public static string File(string address)
    {
        var (size, path) = Draw(address);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">
            <path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>
            """);
    }

    /// <summary>Draws the dark runs of each row. The quiet zone that the standard asks for is part of the matrix.</summary>
    private static (int Size, string Path) Draw(string address)
    {
        using var code = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows.Count; x++)
            {
                var start = x;
                while (x < rows.Count && rows[y][x])
                {
                    x++;
                }

                if (x > start)
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1h-{x - start}z");
                }
            }
        }

        return (rows.Count, path.ToString());
    }
}
