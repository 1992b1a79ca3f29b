using Beam.AspNetCore.Forwarding;
using Beam.Yarp.Forwarding;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets several Beam nodes stand behind any load balancer.</summary>
public static class BeamNodeForwardingExtensions
{
    /// <summary>Has this node pass on requests whose token belongs to another node.</summary>
    /// <remarks>
    /// <para><c>BeamOptions.NodeId</c> must be set. All nodes mount Beam at the same path and have the same secret.</para>
    /// <para>Nodes pass a request on once. A node answers 508 to a request that another node has passed on and that is not its own.</para>
    /// <para>
    /// What YARP logs at Warning and above of requests, and what Kestrel logs of HTTP/2 connections, is limited for the whole application
    /// to one entry a minute of each kind (<c>LimitLogEntries</c>): clients cause such entries at will. The first of a kind is written in
    /// full.
    /// </para>
    /// </remarks>
    /// <param name="builder">What <c>services.AddBeam()</c> has returned.</param>
    /// <param name="configure">Sets options; they are checked when the host starts.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static BeamBuilder AddNodeForwarding(this BeamBuilder builder, Action<NodeForwardingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<NodeForwardingOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NodeForwardingOptions>, NodeForwardingOptionsValidator>());
        services.AddHttpForwarder();
        builder.LimitLogsOfStrangers();
        services.TryAddSingleton<INodeForwarder, NodeForwarder>();
        return builder;
    }
}
