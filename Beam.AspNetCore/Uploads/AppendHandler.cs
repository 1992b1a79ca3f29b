using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Sending;
using Beam.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Beam.AspNetCore.Uploads;

/// <summary>
/// <c>PATCH {base}/{token}/{name}</c>: continues a file where it broke off (draft-ietf-httpbis-resumable-upload, section 4.4).
/// </summary>
internal sealed class AppendHandler(ContinueUpload upload) : ITransferHandler
{
    public Task HandleAsync(HttpContext context, Token token, string name)
    {
        var request = context.Request;
        if (UploadDraft.Of(request).MarksPieces && !IsPiece(request.ContentType))
        {
            context.Response.Headers[UploadFields.AcceptPatch] = UploadDraft.MediaType;
            return Refusal.WriteAsync(
                context,
                StatusCodes.Status415UnsupportedMediaType,
                $"Send a piece of a file as {UploadDraft.MediaType}.");
        }

        return SendRequest.TryRead(request, token, out var asked, out var refusal)
            ? upload.RunAsync(context, asked, name)
            : Refusal.WriteAsync(context, refusal);
    }

    private static bool IsPiece(string? contentType)
        => MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals(UploadDraft.MediaType, StringComparison.OrdinalIgnoreCase);
}
