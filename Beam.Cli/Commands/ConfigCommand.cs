using System.CommandLine;
using System.Globalization;
using Beam.Cli.Configuration;

namespace Beam.Cli.Commands;

/// <summary><c>beam config</c>.</summary>
internal static class ConfigCommand
{
    private static readonly string[] Names = ["server", "key", "wait", "qr"];

    public static Command Create(ToolContext tool)
    {
        var name = new Argument<string?>("NAME") { Description = "What to set or show: server, key, wait (seconds) or qr (yes or no).", Arity = ArgumentArity.ZeroOrOne };
        var value = new Argument<string?>("VALUE") { Description = "The value. For the key it is -: the key is read from the standard input, or asked for unseen.", Arity = ArgumentArity.ZeroOrOne };
        var unset = new Option<bool>("--unset") { Description = "Remove it from the file." };
        name.CompletionSources.Add(Names);
        var command = new ExampleCommand(
            "config",
            "Show or change the configuration, a file that only you can read. BEAM_SERVER and BEAM_KEY win over it.",
            "beam config server https://beam.example",
            "beam config key -",
            "beam config") { name, value, unset };
        command.Does(tool, async (parsed, report, cancellationToken) =>
        {
            var file = tool.SettingsFile;
            var settings = file.Read();
            if (parsed.GetValue(name) is not { } what)
            {
                report.Told("config", [("file", file.Path), ("server", settings.Server), ("key", settings.Key is null ? null : "(set)"), ("wait", settings.Wait), ("qr", settings.Qr)]);
                return ExitCode.Success;
            }

            if (parsed.GetValue(value) is { } text)
            {
                file.Write(await SetAsync(tool, settings, what, text, cancellationToken));
            }
            else if (parsed.GetValue(unset))
            {
                file.Write(With(settings, what, null));
            }
            else
            {
                report.Told("config", [(what, ValueOf(settings, what))]);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<ToolSettings> SetAsync(ToolContext tool, ToolSettings settings, string name, string text, CancellationToken cancellationToken)
    {
        if (name != "key")
        {
            return With(settings, name, text);
        }

        if (text != "-")
        {
            throw new UsageException("A key on the command line would be seen by others and stay in the shell's history: 'beam config key -' reads it.");
        }

        var key = await ReadKeyAsync(tool, cancellationToken);
        return key.Length > 0 ? settings with { Key = key } : throw new UsageException("That key is empty.");
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
        "server" => settings with { Server = value is null ? null : ServerAddress.Parse(value).AbsoluteUri },
        "key" => settings with { Key = value },
        "wait" => settings with { Wait = value is null ? null : Number(value) },
        "qr" => settings with { Qr = value is null ? null : Truth(value) },
        _ => throw Unknown(name),
    };

    private static object? ValueOf(ToolSettings settings, string name) => name switch
    {
        "server" => settings.Server,
        "key" => settings.Key is null ? null : "(set)",
        "wait" => settings.Wait,
        "qr" => settings.Qr,
        _ => throw Unknown(name),
    };

    private static int Number(string value)
        => int.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds : throw new UsageException("wait is a number of seconds.");

    private static bool Truth(string value) => value switch
    {
        "yes" => true,
        "no" => false,
        _ => throw new UsageException("qr is yes or no."),
    };

    private static UsageException Unknown(string name) => new($"There is no {name}, but {string.Join(", ", Names)}.");
}
