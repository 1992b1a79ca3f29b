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

        This page is written from the source of `beam`: change it there. Nobody needs the tool: whatever it sends, `curl`
        receives, and the other way round.

        ```
        dotnet tool install --global Beam.Cli
        beam config server https://beam.example
        beam send photo.jpg
        ```

        From a clone: `dotnet run --project Beam.Cli -- send photo.jpg`.

        ## What holds everywhere

        - **Output.** Results (links, paths, tables) go to the standard output. Questions, notes and errors go to the standard
          error. So does progress, if that is a terminal.
        - **Names from elsewhere.** Names and messages that come from elsewhere never reach the terminal unchecked. The tool
          replaces control characters, escape sequences, controls of writing direction and invisible letters.
        - **Success is what is known.** `beam send` says `Delivered` when the receiver has confirmed the bytes. If the receiver
          is `beam receive`, it has confirmed their SHA-256 too. `beam send` says `Sent` when only the receiver's connection
          has taken the bytes.
        - **Interruption.** Ctrl+C, or closing the terminal, ends a transfer and tells the other side.
        - **Resuming.** After anything else (a crash, `kill -9`, a lost network, a reboot) the same command resumes the
          transfer. The server waits for it for 2 minutes, unless it is set up otherwise. Files and folders can be resumed on
          both sides. The standard input, `--zip` and `beam request` begin anew.
        - **What is left.** An unfinished file lies beside its target, with a name that ends in `.beam-part`. A note in a folder
          of your own (`~/.local/share/beam/receiving` on Linux) says which link and which file on the disk it belongs to, and
          has the SHA-256 of what was received. The same command reads the file, goes on where it is proven, and cuts off the
          rest. Anything else of that name it neither changes nor deletes. So a damaged file, or one that somebody has put in its
          place, never becomes yours. When the transfer is over without success, nothing can go on with the unfinished file:
          delete it.
        - **Loss of power.** `beam receive` flushes the file to the disk every 64 MiB or 5 seconds. What came after the last
          flush may be gone. The same command notices, and asks the server for it again. The server still has the last
          16 MiB, unless it is set up otherwise, and more if it spills to disk or holds the file. If it has not, the command
          says that the beginning is gone, and the sender hears that too.
        - **Full disk.** A hundredth of the disk, 64 MiB at most, stays free. What has come of a file of known length stays, and
          the message says where. What has come of a stream without a length is deleted.
        - **Files that change.** The receiver never gets the beginning of one state of a file with the rest of another. If a
          file is written to while it is sent, both sides fail. A file that only grows, such as a log, is sent with its first
          length: the receiver has its first bytes. If the file has changed before a second run, or its SHA-256 is not that of
          what the first run has sent, the second run begins anew with a new link. [client.md](client.md) has the details.
        - **Notes for a second run.** While it runs, `beam send` keeps the link's tokens in a file that only you can read (in
          `~/.local/share/beam/sending` on Linux). While it unpacks, `beam receive` notes where the archive is, in the folder
          `unpacking` beside it.

        ## Folders

        A folder, or several files, travel as one tar archive (`application/x-tar`, a name that ends in `.tar`). `beam send`
        makes it while it sends. `beam receive` stores the archive until it is complete and verified, and then unpacks it. So
        the disk needs room for the folder twice. Any other receiver gets a tar file.

        An archive is no snapshot: each file is as it was when its turn came. A file that is written to during its turn makes
        sending fail at both sides, unless it only grows. Of a file of more than a GiB that grows, only its length is looked at.

        Unpacking writes nothing outside the folder. The tool refuses the whole archive, and unpacks nothing of it, if the
        archive contains:

        - absolute names, `..` or drive letters,
        - links that lead out, or entries that lie in links,
        - devices or pipes,
        - headers that lie about the content,
        - data after its end, or
        - far more content than its size explains: more than 100 times that size plus 64 MiB.

        Only the archive file itself is left then. Names with control characters are changed, and on Windows also names that
        Windows does not accept. Links are made last. Set-user-id and similar permissions are dropped.

        The receiver decides where an archive goes:

        | Command | Content |
        |---|---|
        | `beam receive LINK`, `beam unpack ARCHIVE` | into a new folder, named after the archive |
        | `beam receive LINK -o FOLDER` | into a new folder in `FOLDER`, named after the archive |
        | `beam receive LINK -o PATH`, which does not exist | into the new folder `PATH` |
        | `beam receive LINK --into FOLDER`, `beam unpack ARCHIVE -o FOLDER` | joins what is in `FOLDER` |
        | `beam request` | stays an archive |
        | `beam request [NAME] --unpack` | as `beam receive` does, with `NAME` for `-o` |

        A new folder is called `photos`, or `photos~2` if `photos` already exists. If the archive holds only a folder `photos`,
        that folder becomes the new one. The tool never changes an existing folder that you have not named, not even with
        `--force`.

        Programs obey some names without being told to: `.bash_profile`, `.ssh`, `.git`, `.envrc` and others that begin with a
        dot, and a few without one, such as `desktop.ini`. In a new folder they do no harm. An archive that joins a folder does
        not make them in a folder that existed before, at any depth, unless you allow it: on a terminal the tool asks,
        otherwise it takes `--dot-names`. `--force` does not allow it.

        What is unpacked is what was received: the tool computes the SHA-256 again while it unpacks. If another file lies there
        by now, or a link, the tool neither unpacks nor deletes it.

        Sending leaves these out, and says so:

        - links that lead out of the folder, or to names with control characters,
        - pipes, sockets and devices,
        - names that are not UTF-8.

        """;

    private const string Ending = """
        ## Configuration

        `beam config` writes the file `config.json`, which only you can read, from its first moment. It is in the platform's
        folder:

        | System | Folder |
        |---|---|
        | Linux | `~/.config/beam` |
        | macOS | `~/Library/Application Support/beam` |
        | Windows | `%APPDATA%\beam` |

        `BEAM_SERVER` and `BEAM_KEY` take precedence over the file. A server on the command line takes precedence over
        `BEAM_SERVER`. The tool shows the key in the file only to the server in the file. It shows `BEAM_KEY` only to
        `BEAM_SERVER` or, where that is not set, to the server in the file. For another server, set both.

        Everybody on the way can read a key that travels over plain HTTP. So the tool refuses a server at `http`, if it has a
        key for it and the server is not on this machine. Use `https`. In a network that you trust, allow it with
        `beam config key-over-http yes` for the server in the file, or with `BEAM_KEY_OVER_HTTP=yes` for `BEAM_SERVER`. Another
        `beam config server` forgets the key and that permission.

        ## Events

        With `--json`, every line is an object with an `event`:

        | Event | Fields |
        |---|---|
        | `link` | `url`, `name`, `bytes`, `commands`: what `beam send` offers |
        | `request` | `url`, `commands`: what `beam request` asks for |
        | `progress` | `stage` (`waiting`, `transferring`, `reconnecting`, `finishing`, `done`), `bytes`, `total`, `bytesPerSecond` |
        | `note` | `message` |
        | `sent` | `outcome` (`confirmed`, `sent`, `accepted`), `bytes`, `sha256`, `verified`, `receivers`, `expiresAt` |
        | `received` | `name` (from the sender), `path`, `bytes`, `sha256`, `verified`, `confirmed`; for an archive `files`, `unpacked` |
        | `status`, `config`, `unpacked` | the result of `beam status`, `beam config` or `beam unpack` |
        | `check` | a check of `beam doctor` and its result |
        | `error` | `exitCode`, `error` (the name below), `message`; the last line |

        A value that is not known is `null`.

        ## Completion

        `beam completion bash`, `zsh` or `pwsh` writes a few lines for the shell's start-up file. They call
        `beam "[suggest:POSITION]" "LINE"`, which writes one suggestion per line.

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

        var json = MarkdownText.Wrap($"Every command takes {Names(CommonOptions.Json)}: {CommonOptions.Json.Description}");
        page.Append('\n').Append(json).Append("\n\n").Append(Ending);
        page.Append("\n## Exit codes\n\n| Code | Name | Meaning |\n|---|---|---|\n");
        foreach (var code in Enum.GetValues<ExitCode>())
        {
            var field = typeof(ExitCode).GetField(code.ToString())!;
            var name = char.ToLowerInvariant(field.Name[0]) + field.Name[1..];
            var meaning = field.GetCustomAttribute<DescriptionAttribute>()!.Description;
            page.Append(CultureInfo.InvariantCulture, $"| {(int)code} | `{name}` | {meaning} |\n");
        }

        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void WriteCommand(StringBuilder page, Command command)
    {
        page.Append("\n### beam ").Append(command.Name).Append("\n\n");
        page.Append(MarkdownText.Wrap(command.Description!)).Append("\n\n```\n");
        foreach (var example in ((ExampleCommand)command).Examples)
        {
            page.Append(example).Append('\n');
        }

        page.Append("```\n\n");
        foreach (var argument in command.Arguments)
        {
            WriteItem(page, $"`{argument.Name}`", argument.Description!);
        }

        foreach (var option in command.Options)
        {
            WriteItem(page, Names(option), option.Description + Default(option));
        }
    }

    private static void WriteItem(StringBuilder page, string names, string description)
        => page.Append(MarkdownText.Wrap($"- {names}: {description}", indent: "  ")).Append('\n');

    private static string Names(Option option)
    {
        var value = option.HelpName is { } help ? " " + help : "";
        var names = option.Aliases.Append(option.Name).OrderBy(static alias => alias.Length);
        return string.Join(", ", names.Select(name => $"`{name}{value}`"));
    }

    private static string Default(Option option)
        => option.HasDefaultValue && option.GetDefaultValue() is { } value and not false
            ? string.Create(CultureInfo.InvariantCulture, $" The default is `{value}`.")
            : "";
}
