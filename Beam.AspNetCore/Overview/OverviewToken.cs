using Beam.Tokens;
using Beam.Transfers;

namespace Beam.AspNetCore.Overview;

/// <summary>A token in the overview: by short id, without its secret.</summary>
internal sealed record OverviewToken(string Id, IReadOnlyList<string> Rights, DateTimeOffset ExpiresAt, int? UsesLeft)
{
    public static OverviewToken Of(TokenSnapshot token) => new(token.Id, RightNames(token.Rights), token.ExpiresAt, token.UsesLeft);

    public static IReadOnlyList<string> RightNames(TokenRights rights)
        => [.. new[] { (TokenRights.Send, "send"), (TokenRights.Receive, "receive") }.Where(right => rights.HasFlag(right.Item1)).Select(right => right.Item2)];
}
