using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Forms;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Sending;

/// <summary>Finds the file in a form and sends it.</summary>
internal sealed class FormSender(BodySender bodies, FormIntake forms)
{
    public async Task SendAsync(HttpContext context, SendRequest request)
    {
        if (request.Piece.IsResumable)
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, "A form cannot be sent in pieces; send the file as the body.");
            return;
        }

        // The file's name and type stand in the form, so it is read so far before anybody is paired with it.
        if (await forms.OpenAsync(context) is not { } file)
        {
            return;
        }

        var name = request.Name ?? file.Name;
        if (!TransferName.IsValid(name))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, TransferName.Rule);
            return;
        }

        await bodies.BeginAsync(context, request, name, file.Description, file.Body, file.Form);
        await file.Body.CompleteAsync();
    }
}
