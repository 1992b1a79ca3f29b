using System.Collections.Frozen;
using System.Text;
using Beam.Cli.Terminal;

namespace Beam.Cli.Archives;

/// <summary>
/// Which names files may get. Characters that act on a terminal, or make a name look like another, are replaced on every system. What
/// only Windows rejects is replaced only there, so that <c>aux.c</c> keeps its name elsewhere.
/// </summary>
internal sealed class NameRules
{
    private static readonly FrozenSet<string> Devices = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        [
            "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
            .. Enumerable.Range(0, 10).SelectMany(static digit => (string[])[$"COM{digit}", $"LPT{digit}"]),
            "COM¹", "COM²", "COM³", "LPT¹", "LPT²", "LPT³",
        ]);

    private NameRules(bool windows) => IsWindows = windows;

    /// <summary>The rules of Windows.</summary>
    public static NameRules Windows { get; } = new(windows: true);

    /// <summary>The rules of all other systems.</summary>
    public static NameRules Unix { get; } = new(windows: false);

    /// <summary>The rules of this system.</summary>
    public static NameRules ForThisSystem { get; } = OperatingSystem.IsWindows() ? Windows : Unix;

    /// <summary>Whether these are the rules of Windows.</summary>
    public bool IsWindows { get; }

    /// <summary>Whether a letter's case does not count.</summary>
    public bool IgnoresCase => IsWindows || OperatingSystem.IsMacOS();

    /// <summary>Whether a path has only names that files may have.</summary>
    public bool Allows(string path)
        => (IsWindows ? path.Split('/', '\\') : path.Split('/')).All(part => part is "." or ".." || Clean(part) == part);

    /// <summary>Turns a name, one part of a path, into a name that a file may have.</summary>
    public string Clean(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            var replaced = rune == Rune.ReplacementChar
                || TerminalText.IsUnsafe(rune)
                || (IsWindows && rune.Value is '<' or '>' or ':' or '"' or '|' or '?' or '*' or '\\');
            clean.Append(replaced ? "_" : rune.ToString());
        }

        if (IsWindows)
        {
            // Windows drops these characters silently, and so would reach another file.
            for (var last = clean.Length - 1; last >= 0 && clean[last] is '.' or ' '; last--)
            {
                clean[last] = '_';
            }

            var stem = clean.ToString().Split('.')[0].TrimEnd(' ');
            if (Devices.Contains(stem))
            {
                clean.Insert(0, '_');
            }
        }

        return clean.ToString();
    }
}
