namespace Beam.AspNetCore.OneShot;

/// <summary>
/// The first line, as JSON, of the answer to a file that comes without a token: where to receive it, and a token that allows only that.
/// </summary>
internal sealed record OneShotBody(string Url, string Token, string Name, DateTimeOffset ExpiresAt);
