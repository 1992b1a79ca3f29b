using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Beam.AspNetCore.Minting;

/// <summary>Answers a request that has minted a token, with the token.</summary>
internal static class MintedResponse
{
    public static Task WriteAsync(HttpContext context, MintedToken minted, string baseUrl)
    {
        var response = context.Response;
        var url = $"{baseUrl}/{minted.Secret}";
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = url;
        response.Headers.CacheControl = "no-store";
        if (Accepts.Html(context.Request) && !Accepts.Json(context.Request))
        {
            return ShowAsync(context, minted, url);
        }

        if (Accepts.Json(context.Request))
        {
            var token = minted.Token;
            var body = new MintedTokenBody(minted.Secret, StateNames.Of(token.Rights), token.ExpiresAt, token.UsesLeft, url);
            return response.WriteAsJsonAsync(body, MintingJson.Default.MintedTokenBody, cancellationToken: context.RequestAborted);
        }

        return TextResponse.WriteAsync(context, minted.Secret + "\n");
    }

    /// <summary>Shows the new channel, or the link made in a channel, to a browser that has posted a form.</summary>
    private static Task ShowAsync(HttpContext context, MintedToken minted, string url)
    {
        var root = PagePlace.Root(context);
        if (context.GetRouteValue("token") is string channel)
        {
            return MadeLinkPage.Render(minted.Token.Rights, url, root + channel).WriteAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = root + minted.Secret;
        return Task.CompletedTask;
    }
}
