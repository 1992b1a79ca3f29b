using System.Globalization;
using Beam.AspNetCore.Answers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Quotas;

/// <summary>A quota that has no room for a request.</summary>
/// <param name="Kind">Whose quota it is.</param>
/// <param name="Wait">When there will be room; <see langword="null"/> when that is not known, or never.</param>
/// <param name="IsForBytes">Whether the quota limits bytes, or else requests.</param>
internal sealed record QuotaRefusal(QuotaKind Kind, TimeSpan? Wait, bool IsForBytes)
{
    private string Whose => Kind switch
    {
        QuotaKind.Token => "this token",
        QuotaKind.Address => "this address",
        _ => "this user",
    };

    public Answer ToAnswer() => (IsForBytes, Wait) switch
    {
        (false, _) => new(
            StatusCodes.Status429TooManyRequests,
            "too_many_at_a_time",
            $"There are too many transfers of {Whose} at a time; try again when one has ended."),
        (true, null) => new(StatusCodes.Status413PayloadTooLarge, "over_quota", $"The file is larger than {Whose} may send."),
        (true, { } wait) => new(StatusCodes.Status429TooManyRequests, "over_quota", Later(wait)) { RetryAfter = wait },
    };

    private string Later(TimeSpan wait) => string.Create(
        CultureInfo.InvariantCulture,
        $"That is more than {Whose} may transfer for now; try again in {Math.Ceiling(wait.TotalSeconds)} s.");
}
