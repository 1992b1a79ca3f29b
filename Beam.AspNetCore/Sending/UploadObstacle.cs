using Beam.AspNetCore.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Sending;

/// <summary>Finds what keeps a body from being taken here, whatever transfer it is for.</summary>
internal sealed class UploadObstacle(IOptions<BeamOptions> options, IOptions<BeamHttpOptions> httpOptions)
{
    public Answer? Find(HttpContext context, UploadPiece piece)
    {
        // Part of a file must not pass for the whole of it (RFC 9110, section 14.5).
        if (piece.IsPart && options.Value.ResumeTimeout == TimeSpan.Zero)
        {
            return new Answer(StatusCodes.Status400BadRequest, Code: null, "Uploads cannot be resumed here; send the whole file.");
        }

        return piece.IsResumable && context.Request.ContentLength > httpOptions.Value.MaxAppendBytes
            ? new Answer(StatusCodes.Status413PayloadTooLarge, "piece_too_large", "The piece is larger than this relay takes at a time.")
            : null;
    }
}
