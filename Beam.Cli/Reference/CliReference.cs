using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text;
using Beam.Cli.Commands;

namespace Beam.Cli.Reference;

/// <summary>Writes docs/cli.md from the commands themselves, so that it says what <c>--help</c> says.</summary>
internal static class CliReference
{
    private const string Introduction = """
        # The tool

        Written from the source of `beam`; what is changed here is changed there. Nobody needs it: whatever it sends, `curl` receives, and the other way round.

        ```
        dotnet tool install --global Beam.Cli
        beam config server https://beam.example
        beam send photo.jpg
        ```

        From a clone: `dotnet run --project Beam.Cli -- send photo.jpg`.

        ## What holds everywhere

        - Results (links, paths, tables) go to the standard output; questions, notes and errors to the standard error, and so does progress, if that is a terminal.
        - Names and messages that come from elsewhere never reach the terminal as they are: control characters, escape sequences and controls of writing direction are replaced.
        - Success is what is known. `beam send` says `Delivered` when the receiver has confirmed the bytes, with their SHA-256 if it is `beam receive` too; `Sent` when only its connection has taken them.
        - Ctrl+C, or closing the terminal, ends a transfer and tells the other side. After anything else (a crash, `kill -9`, a lost network, a reboot) the same command goes on where it broke off, as long as the server waits: 2 minutes
          unless it is set up otherwise. Files, folders and received files go on; the standard input, `--zip` and `beam request` begin anew.
        - While it runs, `beam send` keeps the link's tokens in a file that only you can read (`~/.local/share/beam/sending` on Linux), for a second run to go on with. While it unpacks, `beam receive` notes beside it, in `unpacking`, where the archive lies.

        ## Folders

        A folder, or several files, travel as one tar archive (`application/x-tar`, a name that ends in `.tar`), made while it is sent. `beam receive` stores it until it is complete and verified, so that there has to be
        room for it twice, and then unpacks it; any other receiver gets a tar file. Unpacking writes nothing outside the folder: absolute names, `..`, drive letters, links that lead out, entries that lie in links, devices
        and pipes, headers that lie, archives that go on after their end, and those out of which far more comes than they hold are refused, all of the archive with them, and nothing is left of it but the archive itself. Names with
        control characters get others, and on Windows so do names that Windows does not take. Links are made last. Set-user-id and kin are dropped.

        Without `-o` what was unpacked is one new folder in this one, named after the archive: `photos`, or `photos~2` where there is a `photos` already. No folder that was there is touched, with `--force` neither.
        With `-o FOLDER` everything goes into that folder, and folders that are there are joined. `beam unpack` does the same with an archive that is here already. `beam request` takes a `NAME` as `beam receive` takes `-o`.

        Sending leaves out, and says so: links that lead out of the folder or to names with control characters, pipes, sockets and devices, and names that are not UTF-8.

        """;

    private const string Ending = """
        ## Configuration

        `beam config` writes `config.json` in the platform's folder (`~/.config/beam` on Linux, `~/Library/Application Support/beam` on macOS, `%APPDATA%\beam` on Windows), readable for you alone from its first
        moment. `BEAM_SERVER` and `BEAM_KEY` win over it, and `--server` over both. The key in the file is shown to the server in the file and to no other.

        ## Events

        With `--json`, every line is an object with an `event`:

        | Event | Fields |
        |---|---|
        | `link` | `url`, `name`, `bytes`, `commands`: what `beam send` offers |
        | `request` | `url`, `commands`: what `beam request` asks for |
        | `progress` | `stage` (`waiting`, `transferring`, `reconnecting`, `finishing`, `done`), `bytes`, `total`, `bytesPerSecond` |
        | `note` | `message` |
        | `sent` | `outcome` (`confirmed`, `sent`, `accepted`), `bytes`, `sha256`, `verified`, `receivers`, `expiresAt` |
        | `received` | `name` as the sender gave it, `path`, `bytes`, `sha256`, `verified`, `confirmed`, and for an archive `files` and `unpacked` |
        | `status`, `config`, `unpacked`, `check` | what the command of that name tells |
        | `error` | `exitCode`, `error` (the name below), `message`; the last line |

        What is not known is `null`.

        ## Completion

        `beam completion bash`, `zsh` or `pwsh` writes a few lines for the shell's start-up file. They call `beam "[suggest:POSITION]" "LINE"`, which writes one suggestion a line.

        """;

    /// <summary>The whole page.</summary>
    public static string Write(RootCommand root)
    {
        var page = new StringBuilder(Introduction);
        page.Append("\n## Commands\n");
        foreach (var command in root.Subcommands)
        {
            WriteCommand(page, command);
        }

        page.Append("\nEvery command takes ").Append(Names(CommonOptions.Json)).Append(": ").Append(CommonOptions.Json.Description).Append("\n\n").Append(Ending);
        page.Append("\n## Exit codes\n\n| Code | Name | Meaning |\n|---|---|---|\n");
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            var field = typeof(ExitCode).GetField(code.ToString())!;
            var name = char.ToLowerInvariant(field.Name[0]) + field.Name[1..];
            page.Append(CultureInfo.InvariantCulture, $"| {(int)code} | `{name}` | {field.GetCustomAttribute<DescriptionAttribute>()!.Description} |\n");
        }

        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void WriteCommand(StringBuilder page, Command command)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n### beam {command.Name}\n\n{command.Description}\n\n```\n");
        foreach (var example in ((ExampleCommand)command).Examples)
        {
            page.Append(example).Append('\n');
        }

        page.Append("```\n\n");
        foreach (var argument in command.Arguments)
        {
            page.Append(CultureInfo.InvariantCulture, $"- `{argument.Name}`: {argument.Description}\n");
        }

        foreach (var option in command.Options)
        {
            page.Append("- ").Append(Names(option)).Append(": ").Append(option.Description).Append(Default(option)).Append('\n');
        }
    }

    private static string Names(Option option)
    {
        var value = option.HelpName is { } name ? " " + name : "";
        return string.Join(", ", option.Aliases.Append(option.Name).OrderBy(static alias => alias.Length).Select(alias => $"`{alias}{value}`"));
    }

    private static string Default(Option option)
        => option.HasDefaultValue && option.GetDefaultValue() is { } value and not false ? string.Create(CultureInfo.InvariantCulture, $" The default is `{value}`.") : "";
}
