using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps tokens, which are part of every path, out of the logs of ASP.NET Core and YARP.</summary>
public static class BeamLoggingExtensions
{
    // Requests with their paths, and the scope that puts the path on every other line of a request.
    private const string Requests = "Microsoft.AspNetCore.Hosting.Diagnostics";

    private static readonly string[] PathsBelowWarning =
    [
        "Microsoft.AspNetCore.Routing.Matching.DfaMatcher",
        "Microsoft.AspNetCore.Routing.EndpointRoutingMiddleware",
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",

        // A gateway's: it writes the address of each request that it passes on.
        "Yarp.ReverseProxy.Forwarder.HttpForwarder",
    ];

    /// <summary>
    /// Switches off the log categories of ASP.NET Core and YARP that write the paths of requests, or those of their levels that do. Beam
    /// itself logs no token. Your own lines, and those of other libraries, are yours to watch.
    /// </summary>
    /// <remarks>
    /// Call it after other filters: of two rules for one category the last counts. A rule in the configuration that names a provider and
    /// one of these very categories outranks it; <see cref="HideBeamTokens{TProvider}"/> outranks that.
    /// </remarks>
    /// <param name="logging">The application's logging.</param>
    /// <returns>The same logging.</returns>
    /// <example><code>
    /// builder.Logging.HideBeamTokens();
    /// </code></example>
    public static ILoggingBuilder HideBeamTokens(this ILoggingBuilder logging)
    {
        ArgumentNullException.ThrowIfNull(logging);
        logging.AddFilter(Requests, LogLevel.None);
        foreach (var category in PathsBelowWarning)
        {
            logging.AddFilter(category, LogLevel.Warning);
        }

        return logging;
    }

    /// <summary>Does so for one provider, whatever the configuration says of it.</summary>
    /// <typeparam name="TProvider">The provider, such as that of the console.</typeparam>
    /// <param name="logging">The application's logging.</param>
    /// <returns>The same logging.</returns>
    public static ILoggingBuilder HideBeamTokens<TProvider>(this ILoggingBuilder logging)
        where TProvider : ILoggerProvider
    {
        ArgumentNullException.ThrowIfNull(logging);
        logging.AddFilter<TProvider>(Requests, LogLevel.None);
        foreach (var category in PathsBelowWarning)
        {
            logging.AddFilter<TProvider>(category, LogLevel.Warning);
        }

        return logging;
    }
}
