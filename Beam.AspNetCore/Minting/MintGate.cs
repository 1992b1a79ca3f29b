using Beam.AspNetCore.Answers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Minting;

/// <summary>
/// Lets only those callers mint who satisfy the policy for it. One policy stands before every way to mint: alone, with a first file, and
/// from another token (<see cref="BeamHttpOptions.MintPolicyCoversLinks"/>). Get it from the container. Thread-safe.
/// </summary>
/// <remarks>
/// Beam's endpoints ask it by themselves, in every host. A gateway asks it for requests that it passes on to a Beam node.
/// </remarks>
public sealed class MintGate
{
    /// <summary>The name that stands for the application's default policy, unless a policy has that name.</summary>
    public const string DefaultPolicy = "Default";

    /// <summary>The name that stands for no policy: everybody may mint.</summary>
    public const string NoPolicy = "Anonymous";

    private const string Reason = "Minting a token is not for everybody here.";

    private readonly IOptions<BeamHttpOptions> _options;
    private readonly IAuthorizationPolicyProvider? _policies;

    internal MintGate(IOptions<BeamHttpOptions> options, IAuthorizationPolicyProvider? policies)
    {
        _options = options;
        _policies = policies;
    }

    /// <summary>Says what is wrong with a policy's name.</summary>
    /// <param name="policy">The name.</param>
    /// <returns>A sentence, or <see langword="null"/> when there is such a policy.</returns>
    public async Task<string?> FindMistakeAsync(string policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return IsNone(policy) || await FindAsync(policy) is not null ? null
            : _policies is null ? $"The policy '{policy}' for minting needs authorization: call services.AddAuthorization()."
            : $"There is no authorization policy '{policy}', which is to guard minting.";
    }

    /// <summary>Runs what mints, if the caller may. Otherwise answers the request as the application answers such callers.</summary>
    /// <param name="context">The request, whose body has not been read.</param>
    /// <param name="mint">What mints.</param>
    /// <param name="isLink">Whether it makes a token from another token.</param>
    /// <param name="policy">
    /// The name of the policy; <see langword="null"/> for the one of the request's route, or else
    /// <see cref="BeamHttpOptions.MintPolicy"/>.
    /// </param>
    /// <returns>A task that ends with the request.</returns>
    /// <exception cref="InvalidOperationException">There is no such policy.</exception>
    public Task PassAsync(HttpContext context, RequestDelegate mint, bool isLink = false, string? policy = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(mint);
        var options = _options.Value;
        var name = policy ?? context.Features.Get<RouteMintPolicy>()?.Name ?? options.MintPolicy;
        return IsNone(name) || (isLink && !options.MintPolicyCoversLinks) ? mint(context) : PassAsync(context, mint, name!);
    }

    private static bool IsNone(string? policy) => policy is null || policy.Equals(NoPolicy, StringComparison.OrdinalIgnoreCase);

    private async Task PassAsync(HttpContext context, RequestDelegate mint, string name)
    {
        var policy = await FindAsync(name) ?? throw new InvalidOperationException(await FindMistakeAsync(name));
        var services = context.RequestServices;
        var evaluator = services.GetRequiredService<IPolicyEvaluator>();
        var caller = await evaluator.AuthenticateAsync(policy, context);
        var result = await evaluator.AuthorizeAsync(policy, caller, context, resource: context);
        if (result.Succeeded)
        {
            await mint(context);
        }
        else if (await CanBeAskedAsync(services, policy))
        {
            var answer = services.GetRequiredService<IAuthorizationMiddlewareResultHandler>();
            await Refusal.WriteAsync(context, () => answer.HandleAsync(mint, context, policy, result));
        }
        else
        {
            await Refusal.WriteAsync(context, StatusCodes.Status403Forbidden, Reason);
        }
    }

    /// <summary>Says whether the application has a way to ask callers who they are.</summary>
    private static async Task<bool> CanBeAskedAsync(IServiceProvider services, AuthorizationPolicy policy)
        => policy.AuthenticationSchemes.Count > 0
            || (services.GetService<IAuthenticationSchemeProvider>() is { } schemes
                && await schemes.GetDefaultChallengeSchemeAsync() is not null);

    private async Task<AuthorizationPolicy?> FindAsync(string name)
    {
        if (_policies is null)
        {
            return null;
        }

        var isDefault = name.Equals(DefaultPolicy, StringComparison.OrdinalIgnoreCase);
        return await _policies.GetPolicyAsync(name) ?? (isDefault ? await _policies.GetDefaultPolicyAsync() : null);
    }
}
