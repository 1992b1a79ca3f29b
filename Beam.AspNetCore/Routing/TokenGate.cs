using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Beam.AspNetCore.Routing;

/// <summary>Finds the token that a path names.</summary>
internal static class TokenGate
{
    public static Token? Find(HttpContext context, Relay relay)
        => context.GetRouteValue("token") is string secret ? relay.Tokens.Find(secret) : null;
}
