using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Sending;

/// <summary>What is special about the answer to a body that is, or may be, a piece of a file.</summary>
internal static class UploadResponse
{
    /// <summary>Tells the sender of a piece where the next one begins.</summary>
    public static void WritePiece(HttpContext context, long offset, bool isNew)
    {
        UploadFields.Write(context, offset, isComplete: false);
        UploadFields.WriteLimits(context);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status204NoContent;
        if (isNew)
        {
            WriteLocation(context);
        }
    }

    /// <summary>Adds to the receipt that the upload is complete.</summary>
    public static void WriteEnd(HttpContext context, long offset, bool isNew)
    {
        UploadFields.Write(context, offset, isComplete: true, offset);
        if (isNew)
        {
            WriteLocation(context);
        }
    }

    /// <summary>
    /// The file is its own upload resource. A reference relative to the request stays right, whatever a proxy has made of the path.
    /// </summary>
    private static void WriteLocation(HttpContext context)
        => context.Response.Headers.Location = "./" + RequestTarget.LastSegment(context).ToString();
}
