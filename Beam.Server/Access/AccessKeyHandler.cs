using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Beam.Server.Access;

/// <summary>Knows a caller by the access key.</summary>
internal sealed class AccessKeyHandler(
    AccessKey accessKey,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization.Count == 0)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (!accessKey.IsIn(Request.Headers.Authorization))
        {
            return Task.FromResult(AuthenticateResult.Fail("Not the access key."));
        }

        var holder = new ClaimsPrincipal(new ClaimsIdentity(Scheme.Name));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(holder, Scheme.Name)));
    }

    // The body is left unread: a client that waits for "100 Continue" never sends it.
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        RefusedBody.LetCome(Context);
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = new(["Bearer realm=\"Beam\"", "Basic realm=\"Beam\", charset=\"UTF-8\""]);
        Response.Headers.CacheControl = "no-store";
        Response.ContentType = "text/plain; charset=utf-8";
        return Response.WriteAsync("This needs the access key: Authorization: Bearer KEY, or curl -u :KEY.\n", Context.RequestAborted);
    }
}
