using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Beam.Cli.Configuration;
using Beam.Cli.Terminal;

namespace Beam.Cli.Tests.Hostile;

/// <summary>
/// A server that lies in every field of every answer, and in every manner. Each command ends soon with one of its exit codes and a line
/// that a terminal can show. No file comes to lie outside its folder, and no key goes where it does not belong.
/// </summary>
public sealed class HostileServerTests
{
    private const int AtOnce = 24;
    private const int Speed = 200;

    private static readonly Uri Anywhere = new("http://127.0.0.1:1/");

    private static int LieCount => HostileLies.All(Anywhere).Count;

    public static TheoryData<string, HostileRequestKind> Pairs()
    {
        var pairs = new TheoryData<string, HostileRequestKind>();
        foreach (var (name, command) in HostileCommand.All)
        {
            foreach (var kind in command.Asks)
            {
                pairs.Add(name, kind);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Command_IsNotBent_ByAnyLie(string command, HostileRequestKind kind)
    {
        await using var elsewhere = LyingServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        var failures = new ConcurrentBag<string>();
        var told = 0;

        await Parallel.ForEachAsync(
            HostileLies.All(elsewhere.Url).Index(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (lie, _) =>
            {
                var json = lie.Index % 2 == 1;
                var (hasLied, failure) = await RunAsync(HostileCommand.All[command], kind, lie.Item, elsewhere.Url, json);
                Interlocked.Add(ref told, hasLied ? 1 : 0);
                if (failure is not null)
                {
                    failures.Add($"{lie.Item}: {failure}");
                }
            });

        Assert.True(failures.IsEmpty, string.Join('\n', failures.Order(StringComparer.Ordinal)));
        Assert.Empty(elsewhere.Requests);
        Assert.True(told > LieCount * 9 / 10, string.Create(CultureInfo.InvariantCulture, $"Only {told} of {LieCount} lies were told."));
    }

    /// <summary>docs/security.md says how many there are.</summary>
    [Fact]
    public async Task Documentation_SaysHowManyThereAre()
    {
        var pairs = HostileCommand.All.Values.Sum(static command => command.Asks.Length);
        var said = string.Create(
            CultureInfo.InvariantCulture,
            $"| `beam` | {HostileCommand.All.Count} commands | {pairs} | {LieCount} | {pairs * LieCount} |");

        Assert.Contains(said, await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "security.md")), StringComparison.Ordinal);
    }

    private static async Task<(bool HasLied, string? Failure)> RunAsync(
        HostileCommand command,
        HostileRequestKind kind,
        HostileLie lie,
        Uri elsewhere,
        bool json)
    {
        using var root = new TempFolder();
        await using var server = new HostileServer { Lie = (kind, lie) };
        Directory.CreateDirectory(root["folder/source"]);
        root.Write("folder/source/file", HonestAnswers.File);
        var (output, error) = (new StringWriter(), new StringWriter());
        var tool = new ToolContext
        {
            Console = new ToolConsole
            {
                Out = output,
                Error = error,
                OpenInput = static () => Stream.Null,
                OpenOutput = static () => Stream.Null,
            },
            Folders = new ToolFolders(root["tool/config.json"], root["tool/sending"], root["tool/unpacking"]),
            Clock = new FastClock(Speed),
            Environment = name => name == EffectiveSettings.ServerVariable ? (command.IsOwn ? server.Url : elsewhere).AbsoluteUri
                : name == EffectiveSettings.KeyVariable ? "key"
                : null,
        };
        string[] arguments = [.. command.Arguments(server.Link, root["folder"]), .. json ? (string[])["--json"] : []];
        string? failure = null;
        try
        {
            var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
            var code = await BeamTool.CreateCommands(tool).Parse(arguments).InvokeAsync(invocation).Soon();
            failure = Enum.IsDefined((ExitCode)code) ? null : string.Create(CultureInfo.InvariantCulture, $"exit code {code}");
        }
        catch (Exception exception)
        {
            failure = $"{exception.GetType().Name}: {exception.Message}";
        }

        return (server.Lies > 0, failure ?? Find(root, server, command, output.ToString(), error.ToString(), json));
    }

    private static string? Find(TempFolder root, HostileServer server, HostileCommand command, string output, string error, bool json)
    {
        var outside = root.Files().Where(static file => !file.StartsWith("folder", StringComparison.Ordinal)
            && !file.StartsWith("tool", StringComparison.Ordinal));
        var names = Directory.EnumerateFileSystemEntries(root["folder"]).Select(static path => Path.GetFileName(path)!);
        var text = output + error;
        return outside.Any() ? $"files outside: {string.Join(", ", outside)}"
            : names.Any(static file => file[0] is '.' or '-' || file.Any(char.IsControl)) ? $"names: {string.Join(", ", names)}"
            : !command.IsOwn && server.Requests.Any(static head => head.Contains("Authorization", StringComparison.OrdinalIgnoreCase))
                ? "the key was sent"
            : text.Any(static letter => char.IsControl(letter) && letter != '\n') ? $"a terminal would obey: {text}"
            : text.Contains("Exception", StringComparison.Ordinal) ? text
            : json && output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(static line => !IsJson(line)) ? $"no JSON: {output}"
            : null;
    }

    private static bool IsJson(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
