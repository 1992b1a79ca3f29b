using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Receiving;

/// <summary>
/// <c>POST {base}/{token}/{name}?confirm</c> with the digest of what was received: a receiver that knows Beam says itself that it has the
/// file.
/// </summary>
internal sealed class ConfirmHandler : ITransferHandler
{
    public static bool IsAsked(HttpRequest request)
        => HttpMethods.IsPost(request.Method) && request.Query.ContainsKey(ConfirmationId.Query);

    public Task HandleAsync(HttpContext context, Token token, string name)
    {
        if (!ReprDigest.TryRead(context.Request, out var sha256) || sha256 is not { } digest)
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, ReprDigest.Rule);
        }

        if (!ConfirmationId.TryRead(context.Request, out _, out var id))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, ConfirmationId.Rule);
        }

        var error = token.Channel.Confirm(token, name, digest.Span, id);
        if (error == TransferError.DigestMismatch)
        {
            return Refusal.WriteAsync(context, StatusCodes.Status409Conflict, "That is not the digest of the file.", "digest_mismatch");
        }

        if (error != TransferError.None)
        {
            return Refusal.WriteAsync(context, AnswerTable.ForReceiver(error));
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
