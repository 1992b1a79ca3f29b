using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Status;

/// <summary>The QR code of an address as a picture: <c>?qr</c> after it.</summary>
internal static class QrResponse
{
    private const string TooLong = "The address is too long for a QR code.";

    public static bool IsAsked(HttpRequest request) => request.Query.ContainsKey("qr");

    public static Task WriteAsync(HttpContext context, string url)
    {
        if (!PublicUrl.HasUsableHost(context.Request))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, PublicUrl.HostRule);
        }

        if (!QrCode.IsPossible(url))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, TooLong);
        }

        var response = context.Response;
        response.ContentType = "image/svg+xml";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        response.Headers["Referrer-Policy"] = "no-referrer";
        return response.WriteAsync(QrCode.File(url), context.RequestAborted);
    }
}
