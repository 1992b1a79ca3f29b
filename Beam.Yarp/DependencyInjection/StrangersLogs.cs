namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Limits the log entries that clients of a gateway cause at will.</summary>
internal static class StrangersLogs
{
    // What YARP does with each request. Its other categories are about nodes and configuration: every entry there counts.
    private static readonly string[] Categories =
    [
        "Yarp.ReverseProxy.Forwarder",
        "Yarp.ReverseProxy.Limits",
        "Yarp.ReverseProxy.LoadBalancing",
        "Yarp.ReverseProxy.Model",
        "Yarp.ReverseProxy.SessionAffinity",

        // Streams that a client opens and resets in a row.
        "Microsoft.AspNetCore.Server.Kestrel.Http2",
    ];

    public static void LimitLogsOfStrangers(this BeamBuilder builder)
        => Array.ForEach(Categories, category => builder.LimitLogEntries(category));
}
