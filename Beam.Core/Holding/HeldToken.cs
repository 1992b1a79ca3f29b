using Beam.Tokens;

namespace Beam.Holding;

/// <summary>A token as it is written down: by its digest, from which nobody can find it out.</summary>
/// <param name="Digest">The digest, in hexadecimal digits.</param>
/// <param name="Parent">The index of the token that it was made from, or -1.</param>
/// <param name="Rights">What it allows.</param>
/// <param name="ExpiresAt">When it ends unless it is used.</param>
/// <param name="EndsAt">When it ends in any case.</param>
/// <param name="Uses">
/// How many uses it has left, including those that have begun: only the next process will know what comes of them.
/// </param>
internal sealed record HeldToken(string Digest, int Parent, TokenRights Rights, DateTimeOffset ExpiresAt, DateTimeOffset EndsAt, int? Uses);
