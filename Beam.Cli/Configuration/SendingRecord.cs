namespace Beam.Cli.Configuration;

/// <summary>What is known of something that was being sent, so that a second run can go on with it. It holds tokens: secrets.</summary>
/// <param name="Channel">The channel's address, with the token that may send.</param>
/// <param name="Url">The link that somebody was given.</param>
/// <param name="Name">The name under which it is sent.</param>
internal sealed record SendingRecord(string Channel, string Url, string Name);
