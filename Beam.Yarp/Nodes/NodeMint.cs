using Beam.Tokens;
using Microsoft.AspNetCore.Http;

namespace Beam.Yarp.Nodes;

/// <summary>
/// Says whether a node could mint a token for a request. The gateway does not know where nodes mount Beam, so a request counts as one that
/// mints unless its path shows that it does not: by a token in the place where only other operations have one.
/// </summary>
internal static class NodeMint
{
    /// <param name="method">The method of the request.</param>
    /// <param name="path">The path as the node gets it.</param>
    /// <param name="isLink">Whether it makes a token from a token.</param>
    public static bool IsPossible(string method, string? path, out bool isLink)
    {
        var segments = (path ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var isPost = HttpMethods.IsPost(method);
        isLink = isPost && segments is [.., var token, "-", var word] && IsToken(token) && Is(word, "token");
        return isLink || !(IsHarmless(method)
            || segments is [.., var owner, _] && IsToken(owner)
            || (isPost && segments is [.., var channel] && IsToken(channel))
            || (isPost && segments is [.., "-", var transfers, _] && Is(transfers, "transfers")));
    }

    // A method that nobody knows yet may mint one day.
    private static bool IsHarmless(string method)
        => HttpMethods.IsGet(method)
            || HttpMethods.IsHead(method)
            || HttpMethods.IsOptions(method)
            || HttpMethods.IsPatch(method)
            || HttpMethods.IsDelete(method);

    private static bool IsToken(string segment) => NodeToken.TryGetNodeId(segment, out _);

    // Nodes route without regard to case.
    private static bool Is(string segment, string word) => segment.Equals(word, StringComparison.OrdinalIgnoreCase);
}
