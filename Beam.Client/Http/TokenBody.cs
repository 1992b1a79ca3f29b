namespace Beam.Client;

/// <summary>A minted token, as JSON.</summary>
internal sealed record TokenBody(string? Token, IReadOnlyList<string>? Rights, DateTimeOffset ExpiresAt, int? UsesLeft, Uri? Url);
