using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Minting;

/// <summary><c>DELETE {base}/{token}</c>: ends the token, those made from it, and their transfers.</summary>
internal sealed class RevokeHandler(Relay relay) : ITokenHandler
{
    public async Task HandleAsync(HttpContext context, Token token)
    {
        await relay.RevokeAsync(token);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
