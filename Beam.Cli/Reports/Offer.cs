namespace Beam.Cli.Reports;

/// <summary>A link that somebody else is to be given.</summary>
/// <param name="Event">What it is for: <c>link</c> to receive from, <c>request</c> to send to.</param>
/// <param name="Url">The link.</param>
/// <param name="Name">The name of what is sent, if it has one.</param>
/// <param name="Bytes">How large it is, if that is known.</param>
/// <param name="Commands">What the other side may type: the first for this tool, the second for curl.</param>
internal sealed record Offer(string Event, string Url, string? Name, long? Bytes, IReadOnlyList<string> Commands);
