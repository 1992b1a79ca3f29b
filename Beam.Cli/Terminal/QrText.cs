using System.Text;
using QRCoder;

namespace Beam.Cli.Terminal;

/// <summary>A QR code of half blocks, two rows in a line.</summary>
internal static class QrText
{
    // Black on white, whatever the terminal's colors are: many cameras do not read the reverse.
    private const string BlackOnWhite = "\u001b[30;107m";
    private const string Normal = "\u001b[0m";

    /// <summary>The lines of the code; none if the code does not fit into so many columns.</summary>
    public static IReadOnlyList<string> Lines(string text, int columns)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.L);
        var rows = code.ModuleMatrix;
        if (rows.Count > columns)
        {
            return [];
        }

        var lines = new List<string>();
        for (var row = 0; row < rows.Count; row += 2)
        {
            var line = new StringBuilder(BlackOnWhite);
            for (var column = 0; column < rows.Count; column++)
            {
                var lower = row + 1 < rows.Count && rows[row + 1][column];
                line.Append((rows[row][column], lower) switch
                {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    _ => ' ',
                });
            }

            lines.Add(line.Append(Normal).ToString());
        }

        return lines;
    }
}
