using System.Collections.Frozen;

namespace Beam.Yarp.Forwarding;

/// <summary>Where nodes are.</summary>
internal sealed class NodeAddresses(NodeForwardingOptions options)
{
    private const string Placeholder = "{node}";

    // Names of nodes: with a few letters around them, a number may be an address of its own.
    private static readonly string[] Samples = ["n0n", "1", "7f000001", "2130706433"];

    private readonly FrozenDictionary<string, string> _known = options.Nodes.ToFrozenDictionary(
        static pair => pair.Key,
        static pair => pair.Value.GetLeftPart(UriPartial.Authority),
        StringComparer.Ordinal);

    /// <summary>The address of a node that the options list.</summary>
    public string? FindListed(string node) => _known.GetValueOrDefault(node);

    /// <summary>The address that the template makes of a name that has the shape of a node's name. There may be no such node.</summary>
    public string? FindByTemplate(string node)
        => options.AddressTemplate?.Replace(Placeholder, node, StringComparison.Ordinal).TrimEnd('/');

    public static bool IsAddress(Uri? address)
        => address is { IsAbsoluteUri: true, AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    /// <summary>
    /// Says whether a template leaves only part of a name open: a token must not choose any host it likes. Nor may it choose an IP address,
    /// which it could write in many ways.
    /// </summary>
    public static bool IsTemplate(string template)
        => template.Contains(Placeholder, StringComparison.Ordinal) && Array.TrueForAll(Samples, sample => IsPart(template, sample));

    private static bool IsPart(string template, string sample)
        => Uri.TryCreate(template.Replace(Placeholder, sample, StringComparison.Ordinal), UriKind.Absolute, out var address)
            && IsAddress(address)
            && address.HostNameType == UriHostNameType.Dns
            && address.IdnHost.Trim('.') is var host
            && host != sample
            && host.Contains(sample, StringComparison.Ordinal);
}
