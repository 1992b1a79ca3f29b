namespace Beam.Cli.Sending;

/// <summary>What the command line of <c>beam send</c> says.</summary>
/// <param name="Paths">Files and folders, or "-" for the standard input.</param>
/// <param name="Name">The name for the receiver; nothing for its own.</param>
/// <param name="Zip">Whether folders travel as zip.</param>
/// <param name="HandIn">Whether to leave as soon as the server has everything.</param>
/// <param name="Receivers">How many receivers get it.</param>
/// <param name="Wait">How long to wait for them.</param>
/// <param name="Server">The server, if not the usual one.</param>
internal sealed record SendRequest(IReadOnlyList<string> Paths, string? Name, bool Zip, bool HandIn, int Receivers, TimeSpan? Wait, string? Server);
