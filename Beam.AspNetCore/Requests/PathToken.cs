using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Beam.AspNetCore.Requests;

/// <summary>Finds the token that a path names.</summary>
internal static class PathToken
{
    /// <summary>Finds the token, as long as it is alive.</summary>
    public static Token? Find(HttpContext context, Relay relay)
        => context.GetRouteValue("token") is string secret ? relay.Tokens.Find(secret) : null;
}
