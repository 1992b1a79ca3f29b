using Beam.AspNetCore.Answers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Overview;

/// <summary>
/// Lets callers see, and cut, the transfers of others if they satisfy <see cref="BeamHttpOptions.OverviewPolicy"/>.
/// </summary>
internal sealed class OverviewGate(IOptions<BeamHttpOptions> options, TimeProvider timeProvider)
{
    private const string Reason = "The overview is only for operators.";

    /// <summary>Gets a value indicating whether there is a policy, so that somebody may.</summary>
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

    /// <summary>
    /// Says whether a caller that was let in may stay: its sign-in has not expired, and the policy, which may ask elsewhere, still agrees.
    /// </summary>
    public async Task<bool> IsStillOpenAsync(HttpContext context)
    {
        var expiresAt = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;
        return !(expiresAt <= timeProvider.GetUtcNow()) && await IsOpenAsync(context);
    }

    /// <summary>Refuses a caller that may not, or asks it to sign in, if the application has a way to do so.</summary>
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
