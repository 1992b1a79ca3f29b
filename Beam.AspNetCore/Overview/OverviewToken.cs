using Beam.AspNetCore.Answers;
using Beam.Transfers;

namespace Beam.AspNetCore.Overview;

/// <summary>A token in the overview: by short id, without its secret.</summary>
internal sealed record OverviewToken(string Id, IReadOnlyList<string> Rights, DateTimeOffset ExpiresAt, int? UsesLeft)
{
    public static OverviewToken Of(TokenSnapshot token) => new(token.Id, StateNames.Of(token.Rights), token.ExpiresAt, token.UsesLeft);
}
