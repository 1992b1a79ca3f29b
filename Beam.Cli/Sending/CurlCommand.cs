using Beam.Cli.Terminal;

namespace Beam.Cli.Sending;

/// <summary>The command with which a receiver without this tool gets what is sent.</summary>
internal static class CurlCommand
{
    /// <summary>
    /// Writes the command. An archive is stored before it is unpacked: in <c>curl | tar</c> only tar's exit code counts, so a broken
    /// transfer would leave half a folder and look like a success.
    /// </summary>
    /// <param name="url">Where to receive from.</param>
    /// <param name="content">What is sent.</param>
    public static string For(string url, SendContent content)
    {
        // Unlike -o, -OJ overwrites nothing.
        var curl = $"curl --fail -OJ {ShellText.Quote(url)}";
        return content.ContentType == SendContent.TarType && NameAtCurl(content.Name) is { } name
            ? $"{curl} && tar -xf {ShellText.Quote(name)}"
            : curl;
    }

    /// <summary>
    /// The name under which curl stores a file: that in Content-Disposition, where the relay has <c>_</c> for a leading dot or dash,
    /// and for what is not ASCII.
    /// </summary>
    /// <returns>
    /// The name; <see langword="null"/> if that depends on the version of curl, or if tar would take it for something else.
    /// </returns>
    private static string? NameAtCurl(string name)
    {
        var stored = string.Concat(name.Select(static letter => char.IsAscii(letter) ? letter : '_'));
        stored = stored[0] is '.' or '-' ? "_" + stored[1..] : stored;
        return stored.All(static letter => char.IsAsciiLetterOrDigit(letter) || " ._-+~@,=()".Contains(letter, StringComparison.Ordinal))
            ? stored
            : null;
    }
}
