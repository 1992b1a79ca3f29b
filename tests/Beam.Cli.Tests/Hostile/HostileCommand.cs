namespace Beam.Cli.Tests.Hostile;

/// <summary>A command against a hostile server, and what it asks that server for.</summary>
/// <param name="Arguments">The command line, from the link and the folder for files.</param>
/// <param name="IsOwn">Whether the hostile server is the one that the key belongs to.</param>
/// <param name="Asks">What it asks the server for.</param>
internal sealed record HostileCommand(Func<string, string, string[]> Arguments, bool IsOwn, params HostileRequestKind[] Asks)
{
    /// <summary>Gets all commands.</summary>
    public static IReadOnlyDictionary<string, HostileCommand> All { get; } = new Dictionary<string, HostileCommand>
    {
        ["send a file"] = new(
            static (_, folder) => ["send", Path.Combine(folder, "source", "file")],
            IsOwn: true,
            HostileRequestKind.Mint,
            HostileRequestKind.Limits,
            HostileRequestKind.Status,
            HostileRequestKind.Upload),
        ["send a folder"] = new(static (_, folder) => ["send", Path.Combine(folder, "source")], IsOwn: true, HostileRequestKind.Upload),
        ["hand a file in"] = new(
            static (_, folder) => ["send", "--hand-in", Path.Combine(folder, "source", "file")],
            IsOwn: true,
            HostileRequestKind.Upload),
        ["receive a file"] = new(
            static (link, folder) => ["receive", link, "-o", folder, "--wait", "30"],
            IsOwn: false,
            HostileRequestKind.Status,
            HostileRequestKind.Download,
            HostileRequestKind.Confirmation),
        ["receive the next file"] = new(
            static (link, folder) => ["receive", link[..link.LastIndexOf('/')], "-o", folder, "--wait", "30"],
            IsOwn: false,
            HostileRequestKind.Download,
            HostileRequestKind.Confirmation),
        ["receive to the output"] = new(
            static (link, _) => ["receive", link, "-o", "-", "--wait", "30"],
            IsOwn: false,
            HostileRequestKind.Download),
        ["request"] = new(
            static (_, folder) => ["request", folder, "--wait", "30"],
            IsOwn: true,
            HostileRequestKind.Mint,
            HostileRequestKind.Download,
            HostileRequestKind.Confirmation),
        ["status"] = new(static (link, _) => ["status", link], IsOwn: false, HostileRequestKind.Status),
        ["cancel"] = new(static (link, _) => ["cancel", link], IsOwn: false, HostileRequestKind.Deletion),
        ["doctor"] = new(
            static (link, _) => ["doctor", new Uri(link).GetLeftPart(UriPartial.Authority)],
            IsOwn: true,
            HostileRequestKind.Mint),
    };
}
