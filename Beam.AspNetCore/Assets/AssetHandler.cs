using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Beam.AspNetCore.Assets;

/// <summary><c>GET {base}/-/{version}/{file}</c>: style sheet, scripts and pictures of the pages.</summary>
internal sealed class AssetHandler : IBeamHttpHandler
{
    private static readonly string ETag = $"\"{PageAssets.Version}\"";

    public async Task HandleAsync(HttpContext context)
    {
        if (context.GetRouteValue("file") is not string name || !PageAssets.TryGet(name, out var content, out var contentType))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status404NotFound, "There is no such file.");
            return;
        }

        // While nodes are being replaced, a page of one version may ask a node of another version: that node's own file will do for now.
        var isCurrent = context.GetRouteValue("version") is string version && version == PageAssets.Version;
        var response = context.Response;
        response.Headers.CacheControl = isCurrent ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.ETag = ETag;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = contentType;
        response.ContentLength = content.Length;
        await response.BodyWriter.WriteAsync(content, context.RequestAborted);
    }
}
