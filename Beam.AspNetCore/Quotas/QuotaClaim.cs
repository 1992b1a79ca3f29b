namespace Beam.AspNetCore.Quotas;

/// <summary>One quota that a request needs.</summary>
/// <param name="Kind">Whose quota it is.</param>
/// <param name="Key">Which token, address or user.</param>
/// <param name="MaxTransfers">How many requests it allows at a time.</param>
/// <param name="MaxBytes">How many bytes it allows in a window; <see langword="null"/> for any number, which are then not counted.</param>
internal readonly record struct QuotaClaim(QuotaKind Kind, object Key, int MaxTransfers, long? MaxBytes);
