using System.Collections.Frozen;

namespace Beam.Yarp.Forwarding;

/// <summary>Where nodes are.</summary>
internal sealed class NodeAddresses(NodeForwardingOptions options)
{
    private const string Placeholder = "{node}";

    private readonly FrozenDictionary<string, string> _known = options.Nodes.ToFrozenDictionary(
        static pair => pair.Key,
        static pair => pair.Value.GetLeftPart(UriPartial.Authority),
        StringComparer.Ordinal);

    /// <summary>The address of a node, given a name that has the shape of a node's name.</summary>
    public string? Find(string node)
        => _known.GetValueOrDefault(node) ?? options.AddressTemplate?.Replace(Placeholder, node, StringComparison.Ordinal).TrimEnd('/');

    public static bool IsAddress(Uri? address)
        => address is { IsAbsoluteUri: true, AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    /// <summary>Says whether a template leaves only part of the host open: a token must not choose any host it likes.</summary>
    public static bool IsTemplate(string template)
    {
        const string Sample = "n0n";
        return template.Contains(Placeholder, StringComparison.Ordinal)
            && Uri.TryCreate(template.Replace(Placeholder, Sample, StringComparison.Ordinal), UriKind.Absolute, out var address)
            && IsAddress(address)
            && address.Host.Contains(Sample, StringComparison.Ordinal)
            && address.Host != Sample;
    }
}
