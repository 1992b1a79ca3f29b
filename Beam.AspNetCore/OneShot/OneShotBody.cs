namespace Beam.AspNetCore.OneShot;

/// <summary>The first line, as JSON, of the answer to a file that is sent without a token: where to receive it, with a token that allows just that.</summary>
internal sealed record OneShotBody(string Url, string Token, string Name, DateTimeOffset ExpiresAt);
