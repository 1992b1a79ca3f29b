using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Routing;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Minting;

/// <summary><c>DELETE {base}/{token}</c>: ends the token, those made from it, and their transfers.</summary>
internal sealed class RevokeHandler(Relay relay) : IBeamHttpHandler
{
    public Task HandleAsync(HttpContext context)
    {
        if (TokenGate.Find(context, relay) is not { } token)
        {
            return Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.UnknownToken));
        }

        if (!token.Rights.HasFlag(TokenRights.Send))
        {
            return Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.NotAllowed));
        }

        relay.Revoke(token);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
