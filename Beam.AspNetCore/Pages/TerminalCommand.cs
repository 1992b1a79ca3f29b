namespace Beam.AspNetCore.Pages;

/// <summary>Commands to paste into a terminal. Each command fails, so that a script sees it, when the file does not arrive.</summary>
internal static class TerminalCommand
{
    /// <summary>Receives a file, under its own name.</summary>
    public static Html Receive(string url) => Show(Texts.Of("curl.receive"), "receive-curl", $"curl --fail -OJ {Quote(url)}");

    /// <summary>Receives a file in PowerShell, where curl may be something else.</summary>
    public static Html ReceiveInPowerShell(string url, string name) => Show(
        Texts.Of("powershell.receive"),
        "receive-powershell",
        $"Invoke-WebRequest {QuoteForPowerShell(url)} -OutFile {QuoteForPowerShell(name)} -ErrorAction Stop");

    /// <summary>Sends a file to a channel or under a name.</summary>
    public static Html Send(string url) => Show(Texts.Of("curl.send"), "send-curl", $"curl --fail -T FILE {Quote(url)}");

    /// <summary>Sends a file without a token.</summary>
    public static Html SendAtOnce(string baseUrl)
        => Show(Texts.Of("curl.once"), "send-curl", $"curl --fail -T FILE {Quote(baseUrl + "/")}");

    /// <summary>A text with a button that copies it; scripts show the button.</summary>
    public static Html Show(string label, string id, string text) => $"""
        <div class="command"><span class="label">{label}</span><code id="{id}" tabindex="0" role="group" aria-label="{label}">{text}</code>
        <button type="button" class="slim" data-copy="{id}" hidden>{Texts.Of("copy")}</button></div>

        """;

    /// <summary>Quotes for POSIX shells: between two single quotes only a single quote is special.</summary>
    private static string Quote(string text) => "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";

    /// <summary>Quotes for PowerShell, which takes typographic quotation marks for quotes, too.</summary>
    private static string QuoteForPowerShell(string text)
        => "'" + string.Concat(text.Select(static letter => IsPowerShellQuote(letter) ? $"{letter}{letter}" : $"{letter}")) + "'";

    private static bool IsPowerShellQuote(char letter) => letter is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B';
}
