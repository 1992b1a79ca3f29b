using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Beam.Cli.Archives;

/// <summary>
/// Names that programs obey without being told to: when somebody logs in, opens the folder, or works in a folder below. In a new folder
/// they do no harm. In a folder that existed before, an archive makes them only if the user allows it. What somebody has to run on purpose,
/// such as a Makefile, is not among them.
/// </summary>
internal static class ObeyedNames
{
    // Without regard to case, on every system: a folder may be shared with another system.
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        [
            // Windows, when it shows a folder or finds a drive.
            "desktop.ini", "autorun.inf",

            // Programs that start when somebody logs in (macOS, Windows, freedesktop.org), and what PowerShell runs at its start.
            "LaunchAgents", "LaunchDaemons", "Startup", "autostart", "systemd", "environment.d", "fish", "PowerShell",
            "WindowsPowerShell",

            // SSH, in a folder that the user has named.
            "authorized_keys", "rc", "environment",

            // Python, in every folder that it is started in; editors and curl on Windows.
            "sitecustomize.py", "usercustomize.py", "_vimrc", "_gvimrc", "_netrc", "_curlrc",

            // Git takes a folder with HEAD for a repository, whose configuration has commands. Prompts of shells ask Git.
            "HEAD",

            // Tools look for these in every folder above the one in which they run.
            "Directory.Build.props", "Directory.Build.targets", "Directory.Build.rsp", "Directory.Packages.props",
            "nuget.config", "global.json", "node_modules", "rust-toolchain", "rust-toolchain.toml",
        ]);

    /// <summary>Whether a program obeys something of this name.</summary>
    public static bool Contains(string name)
    {
        var known = Known(name);
        return known.StartsWith('.') || Names.Contains(known) || IsShortName(name);
    }

    /// <summary>Whether a program obeys something in this path, which is relative.</summary>
    public static bool Leads(string path)
        => path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Any(Contains);

    /// <summary>Whether a program obeys something in the target of a link.</summary>
    public static bool LeadsTo(string target)
        => target.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)
            .Any(static part => part is not ("." or "..") && Contains(part));

    /// <summary>The name as systems compare it: macOS leaves invisible letters out, Windows dots and spaces at the end.</summary>
    private static string Known(string name)
    {
        var known = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            known.Append(Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format ? "" : rune.ToString());
        }

        return known.ToString().TrimEnd('.', ' ');
    }

    /// <summary>Windows has a second name for what has a long one: GIT~1 may be .git.</summary>
    private static bool IsShortName(string name)
    {
        var tilde = name.IndexOf('~', StringComparison.Ordinal);
        return OperatingSystem.IsWindows() && tilde is > 0 and <= 6 && tilde + 1 < name.Length && char.IsAsciiDigit(name[tilde + 1]);
    }
}
