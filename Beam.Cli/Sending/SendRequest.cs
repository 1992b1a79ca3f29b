namespace Beam.Cli.Sending;

/// <summary>What the command line of <c>beam send</c> says.</summary>
/// <param name="Paths">Files and folders, or "-" for the standard input.</param>
/// <param name="Name">The name for the receiver; <see langword="null"/> for the content's own name.</param>
/// <param name="Zip">Whether everything is packed as zip.</param>
/// <param name="HandIn">Whether to end as soon as the server has everything.</param>
/// <param name="Receivers">How many receivers get it.</param>
/// <param name="Wait">How long to wait for them.</param>
/// <param name="Server">The server; <see langword="null"/> for the one that is set.</param>
internal sealed record SendRequest(
    IReadOnlyList<string> Paths,
    string? Name,
    bool Zip,
    bool HandIn,
    int Receivers,
    TimeSpan? Wait,
    string? Server);
