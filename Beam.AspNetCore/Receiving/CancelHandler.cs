using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Receiving;

/// <summary>
/// <c>DELETE {base}/{token}/{name}</c>: cancels a transfer and cuts both sides. With <c>?confirm=ID</c>, the receiver of that name says
/// that it does not have the file.
/// </summary>
internal sealed class CancelHandler(Relay relay) : ITransferHandler
{
    public Task HandleAsync(HttpContext context, Token token, string name)
    {
        if (!ConfirmationId.TryRead(context.Request, out var isConfirmation, out var id) || (isConfirmation && id is null))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, ConfirmationId.Rule);
        }

        var error = id is null ? relay.Cancel(token, name) : token.Channel.Decline(token, name, id);
        if (error != TransferError.None)
        {
            return Refusal.WriteAsync(context, AnswerTable.ForSender(error));
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
