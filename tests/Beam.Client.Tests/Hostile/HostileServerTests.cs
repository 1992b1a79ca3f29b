using System.Collections.Concurrent;
using System.Globalization;

namespace Beam.Client.Tests.Hostile;

/// <summary>
/// A server that lies in every field of every answer, and in every manner. Each call ends soon, well or with the client's own exception.
/// No file comes to lie outside its folder, no key goes where it does not belong, and what is returned is what was sent.
/// </summary>
public sealed class HostileServerTests
{
    private const int AtOnce = 24;
    private const string Key = "the-key-of-the-clients-own-server";

    private static readonly Uri Anywhere = new("http://127.0.0.1:1/");

    private static int LieCount => HostileLies.All(Anywhere).Count;

    public static TheoryData<string, HostileRequestKind> Pairs()
    {
        var pairs = new TheoryData<string, HostileRequestKind>();
        foreach (var (name, call) in HostileCall.All)
        {
            foreach (var kind in call.Asks)
            {
                pairs.Add(name, kind);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Call_IsNotBent_ByAnyLie(string call, HostileRequestKind kind)
    {
        await using var elsewhere = LyingServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        var failures = new ConcurrentBag<string>();
        var told = 0;

        await Parallel.ForEachAsync(
            HostileLies.All(elsewhere.Url),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (lie, _) =>
            {
                var (hasLied, failure) = await RunAsync(call, kind, lie, elsewhere.Url);
                Interlocked.Add(ref told, hasLied ? 1 : 0);
                if (failure is not null)
                {
                    failures.Add($"{lie}: {failure}");
                }
            });

        Assert.True(failures.IsEmpty, string.Join('\n', failures.Order(StringComparer.Ordinal)));
        Assert.Empty(elsewhere.Requests);

        // A call that ends before it asks would show nothing.
        Assert.True(told > LieCount * 9 / 10, string.Create(CultureInfo.InvariantCulture, $"Only {told} of {LieCount} lies were told."));
    }

    /// <summary>docs/security.md says how many there are.</summary>
    [Fact]
    public async Task Documentation_SaysHowManyThereAre()
    {
        var pairs = HostileCall.All.Values.Sum(static call => call.Asks.Length);
        var said = string.Create(
            CultureInfo.InvariantCulture,
            $"| `Beam.Client` | {HostileCall.All.Count} calls | {pairs} | {LieCount} | {pairs * LieCount} |");

        Assert.Contains(said, await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "security.md")), StringComparison.Ordinal);
    }

    private static async Task<(bool HasLied, string? Failure)> RunAsync(string name, HostileRequestKind kind, HostileLie lie, Uri elsewhere)
    {
        using var root = new TempFolder();
        await using var server = new HostileServer { Lie = (kind, lie) };
        using var client = new BeamClient(elsewhere, Options());
        using var ownClient = new BeamClient(server.Url, Options());
        var call = new HostileCall(client, ownClient, server, root["folder"], root["state"]);
        Directory.CreateDirectory(call.Folder);
        string? failure = null;
        try
        {
            await HostileCall.All[name].Run(call).Soon();
        }
        catch (BeamException)
        {
            // As it should be.
        }
        catch (Exception exception)
        {
            failure = $"{exception.GetType().Name}: {exception.Message}";
        }

        var outside = root.Files().Where(static file => !file.StartsWith("folder", StringComparison.Ordinal)
            && !file.StartsWith("state", StringComparison.Ordinal));
        var names = Directory.EnumerateFileSystemEntries(call.Folder).Select(static path => Path.GetFileName(path)!).ToList();
        failure ??= outside.Any() ? $"files outside: {string.Join(", ", outside)}"
            : names.Exists(static file => file[0] is '.' or '-' || file.Any(char.IsControl)) ? $"names: {string.Join(", ", names)}"
            : HostileCall.All[name].Asks is not [HostileRequestKind.Mint] && server.Requests.Any(HasKey) ? "the key was sent"
            : name == "mint a link" && server.Requests.Any(HasKey) ? "the key was sent"
            : null;
        return (server.Lies > 0, failure);
    }

    private static bool HasKey(string head) => head.Contains("Authorization", StringComparison.OrdinalIgnoreCase);

    private static BeamClientOptions Options() => new()
    {
        AccessKey = Key,
        IdleTimeout = TimeSpan.FromMilliseconds(150),
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(10),
        GiveUpAfter = TimeSpan.FromMilliseconds(200),
    };
}
