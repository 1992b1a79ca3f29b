namespace Beam.Tokens;

/// <summary>
/// How long a token lives: until <paramref name="ExpiresAt"/>, later with use, never beyond <paramref name="EndsAt"/>, for so many uses.
/// </summary>
internal readonly record struct TokenLife(DateTimeOffset ExpiresAt, DateTimeOffset EndsAt, int? Uses);
