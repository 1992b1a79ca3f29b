using Beam.AspNetCore;
using Beam.AspNetCore.Routing;
using Microsoft.AspNetCore.Authentication;
using StandaloneServer.Settings;

namespace StandaloneServer.Access;

/// <summary>Has minting and the full overview ask for the access key, if there is one.</summary>
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
    }

    public static void RequireAccessKey(this BeamEndpointConventionBuilder beam, ServerSettings settings)
    {
        if (settings.AccessKey is not null)
        {
            beam.Mint.RequireAuthorization(Name);
        }
    }
}
