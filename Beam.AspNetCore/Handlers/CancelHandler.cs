using Beam.AspNetCore.Http;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Handlers;

/// <summary><c>DELETE {base}/{token}/{name}</c>: cancels a transfer; both sides are cut.</summary>
internal sealed class CancelHandler(Relay relay) : IBeamHttpHandler
{
    public Task HandleAsync(HttpContext context)
    {
        if (TokenGate.Find(context, relay) is not { } token)
        {
            return Refusal.WriteAsync(context, Answers.ForSender(TransferError.UnknownToken));
        }

        if (!TransferName.TryDecode(RequestTarget.LastSegment(context), out var name))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, TransferName.Rule);
        }

        var error = relay.Cancel(token, name);
        if (error != TransferError.None)
        {
            return Refusal.WriteAsync(context, Answers.ForSender(error));
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
