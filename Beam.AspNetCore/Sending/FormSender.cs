using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Forms;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Sending;

/// <summary>Finds the file in a form and sends it.</summary>
internal sealed class FormSender(BeginUpload begin, FormIntake forms)
{
    /// <summary>Sends the file.</summary>
    /// <param name="context">The request.</param>
    /// <param name="asked">What it asks for.</param>
    /// <param name="name">The name in the address; <see langword="null"/> for the one in the form.</param>
    public async Task SendAsync(HttpContext context, SendRequest asked, string? name)
    {
        if (asked.Piece.IsResumable)
        {
            await Refusal.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "A form cannot be sent in pieces; send the file as the body.");
            return;
        }

        // The file's name and type stand in the form, so Beam reads that far before it pairs anybody.
        if (await forms.OpenAsync(context) is not { } file)
        {
            return;
        }

        name ??= file.Name;
        if (!TransferName.IsValid(name))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, TransferName.Rule);
            return;
        }

        await begin.RunAsync(context, asked, new NamedBody(name, file.Description, file.Body, file.Form));
        await file.Body.CompleteAsync();
    }
}
