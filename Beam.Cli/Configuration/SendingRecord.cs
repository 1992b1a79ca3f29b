namespace Beam.Cli.Configuration;

/// <summary>What a second run needs to resume sending. It contains tokens, which are secrets.</summary>
/// <param name="Channel">The channel's address, with the token that may send.</param>
/// <param name="Url">The link for the receiver.</param>
/// <param name="Name">The name under which it is sent.</param>
internal sealed record SendingRecord(string Channel, string Url, string Name);
