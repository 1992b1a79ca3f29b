namespace Beam.Yarp.Forwarding;

/// <summary>
/// Where the other nodes are, for nodes behind a load balancer that does not know which token belongs where. Checked when the host starts.
/// </summary>
public sealed class NodeForwardingOptions
{
    /// <summary>
    /// Gets or sets a secret that all nodes know and nobody else. By it a node recognizes a request that another node has really passed on.
    /// </summary>
    /// <value>Required; there is no default. At least 32 characters. No node ever sends it.</value>
    public string Secret { get; set; } = "";

    /// <summary>
    /// Gets the addresses of nodes by <see cref="BeamOptions.NodeId"/>, such as <c>http://10.0.0.2:8080</c>, without a path.
    /// </summary>
    /// <value>Empty by default. The node's own address may be among them, so that all nodes can have the same map.</value>
    public IDictionary<string, Uri> Nodes { get; } = new Dictionary<string, Uri>(StringComparer.Ordinal);

    /// <summary>
    /// Gets or sets the address of nodes that are not in <see cref="Nodes"/>, with <c>{node}</c> in the place of the node's name.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: such nodes are unknown. An example for a StatefulSet is
    /// <c>http://beam-{node}.beam.internal:8080</c>. Anybody who can reach Beam can make it look such a name up and connect to it, so only
    /// nodes should match. The host must be a name, of which the node's name is only a part: addresses of machines belong into
    /// <see cref="Nodes"/>.
    /// </value>
    public string? AddressTemplate { get; set; }

    /// <summary>Gets or sets how long a connection to a node may take to be made.</summary>
    /// <value>The default is 5 seconds. The range is 100 milliseconds to 1 minute.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
