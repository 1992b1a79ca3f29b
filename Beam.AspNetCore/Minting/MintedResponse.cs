using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Beam.AspNetCore.Minting;

/// <summary>Tells who has minted a token what it is.</summary>
internal static class MintedResponse
{
    public static readonly Answer TooMany
        = new(StatusCodes.Status503ServiceUnavailable, "too_many_tokens", "The relay has as many tokens as it may; try again soon.");

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

    /// <summary>Shows a browser that has posted a form the new channel, or the link made in one.</summary>
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
