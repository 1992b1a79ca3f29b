using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Forms;
using Beam.AspNetCore.Receiving;
using Beam.AspNetCore.Requests;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Sending;

/// <summary>
/// <c>PUT</c> or <c>POST {base}/{token}/{name}</c> with the file, or a piece of it, as body or as part of a form, or a form posted to
/// <c>{base}/{token}</c>. The answer comes when the outcome is known.
/// </summary>
internal sealed class SendHandler(Relay relay, FormSender forms, BodySender bodies, ConfirmHandler confirm) : IBeamHttpHandler
{
    public Task HandleAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.Query.ContainsKey(ConfirmationId.Query))
        {
            return confirm.HandleAsync(context);
        }

        if (!SendRequest.TryRead(context, relay, out var request, out var refusal))
        {
            return Refusal.WriteAsync(context, refusal);
        }

        if (UploadForm.IsForm(context.Request))
        {
            return forms.SendAsync(context, request);
        }

        if (request.Name is not { } name)
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, "Name the file: put it behind the token, as in /TOKEN/NAME.");
        }

        if (request.Piece.Offset is not null)
        {
            return bodies.ContinueAsync(context, request, name);
        }

        var description = FileHeaders.Describe(context.Request);
        var length = request.Piece.IsResumable ? request.Piece.Length : description.Length;
        return bodies.BeginAsync(context, request, name, description with { Length = length }, context.Request.BodyReader);
    }
}
