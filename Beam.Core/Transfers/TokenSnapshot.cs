using Beam.Tokens;

namespace Beam.Transfers;

/// <summary>A token as it was at one moment, without its secret.</summary>
/// <param name="Id">Its short id.</param>
/// <param name="Rights">What its holder may do.</param>
/// <param name="ExpiresAt">When it ends unless it is used.</param>
/// <param name="UsesLeft">How many uses it is still good for, or <see langword="null"/> for any number.</param>
public sealed record TokenSnapshot(string Id, TokenRights Rights, DateTimeOffset ExpiresAt, int? UsesLeft);
