namespace Beam.Cli.Terminal;

/// <summary>
/// Makes one word of a command of any text. The text may be a stranger's: an address that a server has chosen may hold what a shell would
/// run between double quotes.
/// </summary>
internal static class ShellText
{
    /// <summary>Quotes for the shell that people use on this system.</summary>
    public static string Quote(string text) => OperatingSystem.IsWindows() ? QuoteForPowerShell(text) : QuoteForPosix(text);

    /// <summary>Quotes for POSIX shells: between two single quotes only a single quote is special.</summary>
    public static string QuoteForPosix(string text) => "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";

    /// <summary>Quotes for PowerShell, which takes typographic quotation marks for quotes, too.</summary>
    public static string QuoteForPowerShell(string text)
        => "'" + string.Concat(text.Select(static letter => IsPowerShellQuote(letter) ? $"{letter}{letter}" : $"{letter}")) + "'";

    private static bool IsPowerShellQuote(char letter) => letter is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B';
}
