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
            // No terminal behind the standard output.
        }

        return int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), CultureInfo.InvariantCulture, out var columns) && columns > 0 ? columns : Usual;
    }
}
