using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Minting;

/// <summary><c>DELETE {base}/{token}</c>: ends the token, those made from it, and their transfers.</summary>
internal sealed class RevokeHandler(Relay relay) : ITokenHandler
{
    public Task HandleAsync(HttpContext context, Token token)
    {
        relay.Revoke(token);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
