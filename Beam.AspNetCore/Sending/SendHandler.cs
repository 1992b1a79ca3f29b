using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Forms;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Sending;

/// <summary>
/// <c>PUT</c> or <c>POST {base}/{token}/{name}</c> with the file or a piece of it as the body, or with a form that has the file; or a form
/// posted to <c>{base}/{token}</c>. The answer comes when the outcome is known.
/// </summary>
internal sealed class SendHandler(FormSender forms, BeginUpload begin, ContinueUpload @continue) : ITokenHandler, ITransferHandler
{
    private const string Unnamed = "The file needs a name: put it after the token, as in /TOKEN/NAME.";

    public Task HandleAsync(HttpContext context, Token token) => RunAsync(context, token, name: null);

    public Task HandleAsync(HttpContext context, Token token, string name) => RunAsync(context, token, name);

    private Task RunAsync(HttpContext context, Token token, string? name)
    {
        if (!SendRequest.TryRead(context.Request, token, out var asked, out var refusal))
        {
            return Refusal.WriteAsync(context, refusal);
        }

        if (UploadForm.IsForm(context.Request))
        {
            return forms.SendAsync(context, asked, name);
        }

        if (name is null)
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, Unnamed);
        }

        if (asked.Piece.Offset is not null)
        {
            return @continue.RunAsync(context, asked, name);
        }

        var description = FileHeaders.Describe(context.Request);
        var length = asked.Piece.IsResumable ? asked.Piece.Length : description.Length;
        return begin.RunAsync(context, asked, new NamedBody(name, description with { Length = length }, context.Request.BodyReader));
    }
}
