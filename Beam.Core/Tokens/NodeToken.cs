using System.Buffers;

namespace Beam.Tokens;

/// <summary>
/// Tokens of a relay with a <see cref="BeamOptions.NodeId"/>, such as <c>n2.4xq…</c>. The part before the dot names the node that holds the
/// token and its transfers: gateways and other nodes send requests for it there.
/// </summary>
public static class NodeToken
{
    // A label of a host name (RFC 1035), so that an address can be made of it.
    private const int MaxNodeIdLength = 63;

    private static readonly SearchValues<char> NodeIdLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Says whether <paramref name="text"/> can be a <see cref="BeamOptions.NodeId"/>.</summary>
    /// <param name="text">Anything.</param>
    /// <returns>
    /// <see langword="true"/> for 1 to 63 lower-case letters, digits and hyphens that neither begin nor end with a hyphen.
    /// </returns>
    public static bool IsNodeId(ReadOnlySpan<char> text)
        => text.Length is > 0 and <= MaxNodeIdLength && !text.ContainsAnyExcept(NodeIdLetters) && text[0] != '-' && text[^1] != '-';

    /// <summary>Reads the node out of what may be a token.</summary>
    /// <param name="text">Anything, such as a segment of a path. Whether such a token lives does not matter.</param>
    /// <param name="nodeId">The node that it names.</param>
    /// <returns>
    /// <see langword="true"/> when it has the shape of a token with a node; <see langword="false"/> for all else, including tokens without
    /// a node and most file names.
    /// </returns>
    public static bool TryGetNodeId(ReadOnlySpan<char> text, out ReadOnlySpan<char> nodeId)
    {
        var dot = text.IndexOf(TokenFormat.NodeSeparator);
        nodeId = dot < 0 ? [] : text[..dot];
        return IsNodeId(nodeId) && TokenFormat.IsSecret(text[(dot + 1)..]);
    }

    /// <summary>Says whether <paramref name="text"/> has the shape of a token, with a node or without.</summary>
    /// <param name="text">Anything, such as a segment of a path. Whether such a token lives does not matter.</param>
    /// <returns><see langword="false"/> for most file names, and for other places that a path can name.</returns>
    public static bool IsToken(ReadOnlySpan<char> text) => TokenFormat.IsSecret(text) || TryGetNodeId(text, out _);
}
