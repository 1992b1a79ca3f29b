using Beam.AspNetCore.Answers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Overview;

/// <summary>Who may see, and cut, the transfers of others: who satisfies <see cref="BeamHttpOptions.OverviewPolicy"/>.</summary>
internal sealed class OverviewGate(IOptions<BeamHttpOptions> options, TimeProvider timeProvider)
{
    private const string Reason = "The overview is not for everybody.";

    /// <summary>Gets a value indicating whether anybody may.</summary>
    public bool MayBeOpened => options.Value.OverviewPolicy is not null;

    /// <summary>Says whether a caller may.</summary>
    public async Task<bool> IsOpenAsync(HttpContext context)
    {
        if (options.Value.OverviewPolicy is not { } policy)
        {
            return false;
        }

        var authorization = context.RequestServices.GetRequiredService<IAuthorizationService>();
        return (await authorization.AuthorizeAsync(context.User, context, policy)).Succeeded;
    }

    /// <summary>Says whether a caller who was let in may stay: what was signed in for has not expired, and the policy, which may ask elsewhere, still says so.</summary>
    public async Task<bool> IsStillOpenAsync(HttpContext context)
        => !(context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc <= timeProvider.GetUtcNow()) && await IsOpenAsync(context);

    /// <summary>Sends a caller away who may not, or asks who it is, if the application has a way to.</summary>
    public async Task RefuseAsync(HttpContext context)
    {
        if (MayBeOpened
            && context.User.Identity?.IsAuthenticated != true
            && context.RequestServices.GetService<IAuthenticationSchemeProvider>() is { } schemes
            && await schemes.GetDefaultChallengeSchemeAsync() is { } scheme)
        {
            await context.ChallengeAsync(scheme.Name);
            return;
        }

        await Refusal.WriteAsync(context, StatusCodes.Status403Forbidden, Reason);
    }
}
