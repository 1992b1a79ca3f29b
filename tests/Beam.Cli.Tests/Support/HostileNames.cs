namespace Beam.Cli.Tests.Support;

/// <summary>Names that a file may have on Linux and that have broken many a program.</summary>
internal static class HostileNames
{
    /// <summary>Those that come back as they are.</summary>
    public static IReadOnlyList<string> Harmless { get; } =
    [
        " ", "  leading and trailing  ", "-rf", "--help", "$(reboot)", "`reboot`", "a;b", "a|b&c", "a'b\"c", "*", "?", "[a]", "~", "#",
        "%2e%2e%2f", "...", "..a", ".hidden", "trailing.", "CON", "aux.c", "NUL.txt", "C", "a:b",
        "back\\slash", "..\\..\\evil", "\\\\server\\share", "日本語", "Ünï", "e\u0301", "🚀", "👨‍👩‍👧", "عربي", "a+b=c", "<html>",
        "{0}", "%s%n", "[red]markup", "@", "PaxHeader", new('x', 255), new('é', 127),
    ];

    /// <summary>Those that would reach a terminal, and what becomes of them.</summary>
    public static IReadOnlyDictionary<string, string> Changed { get; } = new Dictionary<string, string>
    {
        ["line\nfeed"] = "line_feed",
        ["carriage\rreturn"] = "carriage_return",
        ["\u001b[31mred"] = "_[31mred",
        ["bell\a"] = "bell_",
        ["c1\u009b2J"] = "c1_2J",
        ["photo\u202Egpj.exe"] = "photo_gpj.exe",
        ["isolate\u2066x"] = "isolate_x",
        ["separator\u2028x"] = "separator_x",
        ["tag\U000E0041x"] = "tag_x",
        ["\uFEFFbom"] = "_bom",
    };
}
