using System.Text;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Pages;

/// <summary>
/// A text that is known as a whole. With its length it leaves in one piece, and a client sees it when the text breaks off.
/// </summary>
internal static class TextResponse
{
    /// <summary>Answers with a text.</summary>
    public static Task WriteAsync(HttpContext context, string text, string contentType = "text/plain; charset=utf-8")
    {
        var response = context.Response;
        response.ContentType = contentType;
        response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return response.WriteAsync(text, context.RequestAborted);
    }
}
