using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.Yarp.Nodes;

/// <summary>The path as the client wrote it: a name with a percent sign does not survive being decoded and encoded again.</summary>
internal static class RawTarget
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The address of a request's target on another server.</summary>
    /// <returns><see langword="null"/> when the target is not a plain path.</returns>
    public static Uri? Address(HttpContext context, string prefix)
        => context.Features.Get<IHttpRequestFeature>()?.RawTarget is { } target && IsPath(target)
            ? new Uri(prefix.TrimEnd('/') + target, AsItIs)
            : null;

    private static bool IsPath(string target)
        => target is ['/', ..]
            && !target.AsSpan().ContainsAnyExceptInRange('!', '~')
            && !target.Contains('#', StringComparison.Ordinal);
}
