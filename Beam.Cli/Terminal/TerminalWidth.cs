using System.Globalization;

namespace Beam.Cli.Terminal;

/// <summary>How wide the terminal is.</summary>
internal static class TerminalWidth
{
    private const int Usual = 80;

    public static int Get()
    {
        try
        {
            if (Console.WindowWidth is > 0 and var width)
            {
                return width;
            }
        }
        catch (IOException)
        {
            // The standard output is not a terminal.
        }

        var variable = Environment.GetEnvironmentVariable("COLUMNS");
        return int.TryParse(variable, CultureInfo.InvariantCulture, out var columns) && columns > 0 ? columns : Usual;
    }
}
