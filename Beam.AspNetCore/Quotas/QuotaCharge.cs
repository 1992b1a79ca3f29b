namespace Beam.AspNetCore.Quotas;

/// <summary>What a request was counted for in one quota, so that its end corrects the same window that its beginning has charged.</summary>
/// <param name="Use">Whose use it is.</param>
/// <param name="Window">The number of the window.</param>
/// <param name="Bytes">How many bytes were counted; <see langword="null"/> when the quota does not limit bytes.</param>
internal readonly record struct QuotaCharge(QuotaUse Use, long Window, long? Bytes);
