using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Status;

/// <summary>
/// What a client can see of a transfer without taking part: <c>GET {base}/{token}/{name}?status</c>, and the page for a person who opens
/// the link.
/// </summary>
internal sealed class StatusHandler(IOptions<BeamHttpOptions> options)
{
    public static bool IsAsked(HttpRequest request) => request.Query.ContainsKey("status");

    /// <summary>Answers with JSON.</summary>
    public static Task WriteAsync(HttpContext context, Token token, string name)
    {
        if (token.Channel.FindStatus(name) is not { } status)
        {
            return Refusal.WriteAsync(context, AnswerTable.ForReceiver(TransferError.UnknownName));
        }

        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(
            TransferStatusBody.Of(status),
            StatusJson.Default.TransferStatusBody,
            cancellationToken: context.RequestAborted);
    }

    /// <summary>Answers with a page.</summary>
    public Task WritePageAsync(HttpContext context, Token token, string name)
    {
        if (!PublicUrl.HasUsableHost(context.Request))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, PublicUrl.HostRule);
        }

        var mayReceive = token.Rights.HasFlag(TokenRights.Receive);
        return TransferPage.Render(name, token.Channel.FindStatus(name), Url(context, name), mayReceive).WriteAsync(context);
    }

    /// <summary>Answers with a picture of the address, for pages that show a link.</summary>
    public Task WriteQrAsync(HttpContext context, string name) => QrResponse.WriteAsync(context, Url(context, name));

    /// <summary>The address, with the name encoded in one way only, so that nothing else of a link gets into a command.</summary>
    private string Url(HttpContext context, string name)
    {
        var baseUrl = PublicUrl.Base(context.Request, options.Value, ownSegments: 2);
        return $"{baseUrl}/{context.GetRouteValue("token")}/{Uri.EscapeDataString(name)}";
    }
}
