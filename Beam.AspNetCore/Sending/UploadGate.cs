using System.Diagnostics.CodeAnalysis;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Quotas;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Sending;

/// <summary>Lets an upload in, whatever transfer it is for: it counts the upload, and checks that the relay accepts such uploads.</summary>
internal sealed class UploadGate(QuotaGate quotas, IOptions<BeamOptions> options, IOptions<BeamHttpOptions> httpOptions)
{
    /// <summary>Counts an upload.</summary>
    /// <param name="context">The request.</param>
    /// <param name="asked">What it asks for.</param>
    /// <param name="quota">What counts it. The caller disposes it when the request has ended.</param>
    /// <param name="refusal">Why it is refused. A refused upload does not count.</param>
    public bool TryEnter(HttpContext context, SendRequest asked, [NotNullWhen(true)] out QuotaLease? quota, out Answer refusal)
    {
        if (!quotas.TryEnter(context, asked.Token.Channel, context.Request.ContentLength, out quota, out refusal))
        {
            return false;
        }

        if (FindObstacle(context, asked.Piece) is not { } obstacle)
        {
            return true;
        }

        quota.Dispose();
        quota = null;
        refusal = obstacle;
        return false;
    }

    private Answer? FindObstacle(HttpContext context, UploadPiece piece)
    {
        // Part of a file must not pass for the whole of it (RFC 9110, section 14.5).
        if (piece.IsPart && options.Value.ResumeTimeout == TimeSpan.Zero)
        {
            return new Answer(StatusCodes.Status400BadRequest, Code: null, "Uploads cannot be resumed here; send the whole file.");
        }

        return piece.IsResumable && context.Request.ContentLength > httpOptions.Value.MaxAppendBytes
            ? new Answer(StatusCodes.Status413PayloadTooLarge, "piece_too_large", "The piece is larger than this relay accepts at a time.")
            : null;
    }
}
