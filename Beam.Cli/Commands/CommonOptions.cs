using System.CommandLine;
using System.Globalization;

namespace Beam.Cli.Commands;

/// <summary>Options and arguments that several commands have.</summary>
internal static class CommonOptions
{
    private const int SecondsOfDay = 86_400;

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Write events as JSON, one a line, to the standard output; to the standard error if the file itself goes to the standard output.",
        Recursive = true,
    };

    public static Option<string?> Server() => new("--server", "-s")
    {
        Description = "The server, where Beam is mounted. By default BEAM_SERVER, then the configuration.",
        HelpName = "URL",
    };

    public static Option<int?> Wait(string otherSide, string otherwise = "By default the configuration's, then as long as the server allows: 5 minutes, if it has no other limit.")
    {
        var option = new Option<int?>("--wait", "-w")
        {
            Description = $"How many seconds to wait for {otherSide}. {otherwise}",
            HelpName = "SECONDS",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= SecondsOfDay))
            {
                result.AddError("--wait takes a number of seconds, from 1 to 86400.");
            }
        });
        return option;
    }

    public static Option<bool> Force() => new("--force", "-f")
    {
        Description = "Overwrite files that exist. Without it a terminal is asked for the content of archives, and everything else is left alone.",
    };

    public static Argument<string> Link() => new("LINK") { Description = "The link, as the other side has given it." };

    public static TimeSpan? Seconds(ParseResult parsed, Option<int?> option) => parsed.GetValue(option) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
