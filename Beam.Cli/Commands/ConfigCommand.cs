using System.CommandLine;
using System.Globalization;
using Beam.Cli.Configuration;

namespace Beam.Cli.Commands;

/// <summary><c>beam config</c>.</summary>
internal static class ConfigCommand
{
    private static readonly string[] Names = ["server", "key", "key-over-http", "wait", "qr"];

    public static Command Create(ToolContext tool)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "What to set or show: server, key, key-over-http (yes or no), wait (seconds) or qr (yes or no). "
                + "The key, and key-over-http, belong to the server and go with it. "
                + "Without key-over-http the tool shows the key over https or on this machine only.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var value = new Argument<string?>("VALUE")
        {
            Description = "The value. For the key, give - here. The tool then reads the key from the standard input, "
                + "or asks for it on a terminal without showing it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var unset = new Option<bool>("--unset") { Description = "Remove NAME from the file." };
        name.CompletionSources.Add(Names);
        var command = new ExampleCommand(
            "config",
            "Show or change the configuration, a file that only you can read. BEAM_SERVER and BEAM_KEY take precedence over it.",
            "beam config server https://beam.example",
            "beam config key -",
            "beam config") { name, value, unset };
        command.Does(tool, async (parsed, report, cancellationToken) =>
        {
            var file = tool.SettingsFile;
            var settings = file.Read();
            if (parsed.GetValue(name) is not { } what)
            {
                report.Told("config", [("file", file.Path), .. Names.Select(setting => (setting, ValueOf(settings, setting)))]);
                return ExitCode.Success;
            }

            if (parsed.GetValue(value) is { } text)
            {
                Write(await SetAsync(tool, settings, what, text, cancellationToken));
            }
            else if (parsed.GetValue(unset))
            {
                Write(With(settings, what, null));
            }
            else
            {
                report.Told("config", [(what, ValueOf(settings, what))]);
            }

            return ExitCode.Success;

            void Write(ToolSettings changed)
            {
                file.Write(changed);
                if (what == "server" && settings.Key is not null && changed.Key is null)
                {
                    report.Note("The key of the server before is forgotten. Set the key of this one with 'beam config key -'.");
                }
            }
        });
        return command;
    }

    private static async Task<ToolSettings> SetAsync(
        ToolContext tool,
        ToolSettings settings,
        string name,
        string text,
        CancellationToken cancellationToken)
    {
        if (name != "key")
        {
            return With(settings, name, text);
        }

        if (text != "-")
        {
            throw new UsageException(
                "Others can see a key on the command line, and the shell's history keeps it. Use 'beam config key -', which reads it.");
        }

        var key = await ReadKeyAsync(tool, cancellationToken);
        return key.Length > 0 ? settings with { Key = key } : throw new UsageException("The key is empty.");
    }

    private static async Task<string> ReadKeyAsync(ToolContext tool, CancellationToken cancellationToken)
    {
        if (tool.Console.IsInputTerminal)
        {
            return (await tool.Console.AskSecretAsync("Key:", cancellationToken)).Trim();
        }

        using var reader = new StreamReader(tool.Console.OpenInput());
        return (await reader.ReadLineAsync(cancellationToken) ?? "").Trim();
    }

    private static ToolSettings With(ToolSettings settings, string name, string? value) => name switch
    {
        "server" => At(settings, value is null ? null : ServerAddress.Parse(value).AbsoluteUri),
        "key" => settings with { Key = value },
        "key-over-http" => settings with { KeyOverHttp = value is null ? null : YesOrNo.Read(name, value) },
        "wait" => settings with { Wait = value is null ? null : Number(value) },
        "qr" => settings with { Qr = value is null ? null : YesOrNo.Read(name, value) },
        _ => throw Unknown(name),
    };

    /// <summary>What belongs to one server is not shown to the next. A server that is the first may come after its key.</summary>
    private static ToolSettings At(ToolSettings settings, string? server)
        => settings.Server is null || settings.Server == server
            ? settings with { Server = server }
            : settings with { Server = server, Key = null, KeyOverHttp = null };

    private static object? ValueOf(ToolSettings settings, string name) => name switch
    {
        "server" => settings.Server,
        "key" => settings.Key is null ? null : "(set)",
        "key-over-http" => settings.KeyOverHttp,
        "wait" => settings.Wait,
        "qr" => settings.Qr,
        _ => throw Unknown(name),
    };

    private static int Number(string value)
        => int.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? seconds
            : throw new UsageException("wait takes a number of seconds, from 1 upward.");

    private static UsageException Unknown(string name) => new($"There is no setting {name}. The settings are {string.Join(", ", Names)}.");
}
