using System.CommandLine;
using System.Globalization;

namespace Beam.Cli.Commands;

/// <summary>Options and arguments that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>How help describes the address of a server.</summary>
    public const string ServerDescription
        = "The server's address, with the path where Beam is mounted. The default is BEAM_SERVER, then the configuration.";

    private const string UsualWait
        = "The default is the value in the configuration, then the server's limit: 5 minutes unless it is set up otherwise.";

    private const int SecondsOfDay = 86_400;

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Write events as JSON, one per line, to the standard output. "
            + "If the received file goes there, the events go to the standard error.",
        Recursive = true,
    };

    public static Option<string?> Server() => new("--server", "-s")
    {
        Description = ServerDescription,
        HelpName = "URL",
    };

    public static Option<int?> Wait(string otherSide, string otherwise = UsualWait)
    {
        var option = new Option<int?>("--wait", "-w")
        {
            Description = $"How many seconds to wait for {otherSide}. {otherwise}",
            HelpName = "SECONDS",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !IsWait(result.Tokens[0].Value))
            {
                result.AddError("--wait takes a number of seconds, from 1 to 86400.");
            }
        });
        return option;
    }

    public static Option<bool> Force() => new("--force", "-f")
    {
        Description = "Overwrite existing files. Without this option the tool overwrites nothing. "
            + "Only for files from an archive it asks first, if it runs on a terminal.",
    };

    public static Option<bool> DotNames() => new("--dot-names")
    {
        Description = "Let an archive make names that programs obey, such as .bashrc, .git or desktop.ini, "
            + "in a folder that existed before. Without this option the tool asks, "
            + "or refuses the archive if it does not run on a terminal. --force does not allow it.",
    };

    public static Argument<string> Link() => new("LINK") { Description = "The link of the transfer, as the other side gave it to you." };

    public static TimeSpan? Seconds(ParseResult parsed, Option<int?> option)
        => parsed.GetValue(option) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static bool IsWait(string text)
        => int.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= SecondsOfDay;
}
