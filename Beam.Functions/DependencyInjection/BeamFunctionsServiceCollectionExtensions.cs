using Beam;
using Beam.AspNetCore;
using Beam.Functions;
using Beam.Functions.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Beam in an application behind the Azure Functions host.</summary>
public static class BeamFunctionsServiceCollectionExtensions
{
    // The front of Azure cuts a request after 230 s without a byte. Beam's own answer must come before, with some time to travel.
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(200);

    // A receiver that is cut loses the bytes on their way to it: here also between Beam and the host, and between the host and the front.
    private const long RewindBytes = 32 * 1024 * 1024;

    /// <summary>
    /// Adds a relay whose defaults suit the Functions host, and keeps the paths of requests, which hold tokens, out of the logs.
    /// </summary>
    /// <inheritdoc cref="AddBeamFunctions(IServiceCollection, Action{BeamOptions})"/>
    /// <param name="builder">The application's builder, of a web application or of an isolated worker.</param>
    /// <param name="configure">Sets options on top of these defaults; they are checked when the host starts.</param>
    public static BeamBuilder AddBeamFunctions(this IHostApplicationBuilder builder, Action<BeamOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Logging.HideBeamTokens();

        // The host and the platform's front are always there, and known to nobody. The README of the package says what that means.
        builder.Logging.AddFilter("Beam.AspNetCore.Requests.UnknownProxy", LogLevel.None);
        return builder.Services.AddBeamFunctions(configure);
    }

    /// <summary>Adds a relay whose defaults suit the Functions host.</summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item><see cref="BeamOptions.WaitTimeout"/> is 200 seconds. A peer whose other side does not come gets 504 with Retry-After before
    /// the platform cuts it.</item>
    /// <item><see cref="BeamHttpOptions.ConfirmsByConnection"/> is <see langword="false"/>: the connection is the Functions host's, so the
    /// best word for a sender is <c>sent</c>.</item>
    /// <item><see cref="BeamHttpOptions.MaxAppendBytes"/> is the host's limit for a body: 100 MiB, or the app setting. So is
    /// <see cref="BeamHttpOptions.MaxDiscardedBytes"/>, up to 1 GiB: the host passes a refusal on when Beam has taken the upload.</item>
    /// <item><see cref="BeamHttpOptions.AllowsOneShot"/> is <see langword="false"/>: the host holds the answer back until Beam has taken
    /// the upload.</item>
    /// <item><see cref="BeamOptions.RewindBytes"/> is 32 MiB: more bytes are on their way to a receiver that is cut.</item>
    /// </list>
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options on top of these defaults; they are checked when the host starts.</param>
    /// <returns>A builder for further registrations.</returns>
    public static BeamBuilder AddBeamFunctions(this IServiceCollection services, Action<BeamOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddFunctionsHost();
        services.Configure<BeamOptions>(static options =>
        {
            options.WaitTimeout = WaitTimeout;
            options.RewindBytes = RewindBytes;
        });
        services.AddOptions<BeamHttpOptions>().Configure<FunctionsHostSettings>(static (options, host) =>
        {
            options.ConfirmsByConnection = false;

            // Sending in one shot mints, and the host guards minting by its path alone. Also, the first line of the answer would come last.
            options.AllowsOneShot = false;
            options.MaxAppendBytes = host.MaxBodyBytes;

            // The host passes an answer on when the program has taken the whole upload; the range of the option ends at 1 GiB.
            options.MaxDiscardedBytes = Math.Min(host.MaxBodyBytes, 1024 * 1024 * 1024);
        });
        services.TryAddSingleton<FunctionsDispatcher>();
        return services.AddBeam(configure);
    }
}
