namespace Beam.AspNetCore.Minting;

/// <summary>A minted token as JSON.</summary>
internal sealed record MintedTokenBody(string Token, IReadOnlyList<string> Rights, DateTimeOffset ExpiresAt, int? UsesLeft, string Url);
