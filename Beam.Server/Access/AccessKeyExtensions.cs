using Beam.AspNetCore;
using Beam.AspNetCore.Routing;
using Beam.Server.Settings;
using Microsoft.AspNetCore.Authentication;

namespace Beam.Server.Access;

/// <summary>Has minting and the full overview ask for the access key, if there is one, and limits guesses.</summary>
internal static class AccessKeyExtensions
{
    private const string Name = "AccessKey";

    public static void AddAccessKey(this IServiceCollection services, ServerSettings settings)
    {
        services.AddAuthorization();
        if (settings.AccessKey is not { } key)
        {
            return;
        }

        services.AddSingleton(new AccessKey(key));
        services.AddAuthentication(Name).AddScheme<AuthenticationSchemeOptions, AccessKeyHandler>(Name, configureOptions: null);
        services.AddAuthorizationBuilder().AddPolicy(Name, policy => policy.RequireAuthenticatedUser());
        services.Configure<BeamHttpOptions>(options => options.OverviewPolicy = Name);
        services.AddSingleton(provider => new GuessLimit(provider.GetRequiredService<AccessKey>(), settings));
    }

    /// <summary>Adds the limit on guesses. Call it after the middleware that finds out a client's address behind proxies.</summary>
    public static void UseGuessLimit(this WebApplication app, ServerSettings settings)
    {
        if (settings is { AccessKey: not null, WrongKeysPerMinute: > 0 })
        {
            app.UseMiddleware<GuessLimit>();
        }
    }

    public static void RequireAccessKey(this BeamEndpointConventionBuilder beam, ServerSettings settings)
    {
        if (settings.AccessKey is not null)
        {
            beam.Mint.RequireAuthorization(Name).WithMetadata(new AsksForAccessKey());
            beam.Overview.WithMetadata(new AsksForAccessKey());
        }
    }
}
