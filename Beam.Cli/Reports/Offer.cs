namespace Beam.Cli.Reports;

/// <summary>A link for the other side.</summary>
/// <param name="Event">What it is for: <c>link</c> to receive from, <c>request</c> to send to.</param>
/// <param name="Url">The link.</param>
/// <param name="Name">The name of what is sent, if it has a name.</param>
/// <param name="Bytes">Its length, if that is known.</param>
/// <param name="Commands">What the other side may type: a command of this tool if there is one, and a command of curl.</param>
internal sealed record Offer(string Event, string Url, string? Name, long? Bytes, IReadOnlyList<string> Commands);
