using System.Buffers;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Configuration;

namespace Beam.Yarp.Routes;

/// <summary>What can be wrong with a route that Beam serves, found when the configuration is loaded.</summary>
internal static class RouteCheck
{
    private static readonly SearchValues<char> NotInAPrefix = SearchValues.Create("{}?#%\\");

    /// <summary>A prefix as the configuration has it; the root is <c>/</c> there and empty here.</summary>
    public static PathString ToPath(string prefix) => new(prefix.TrimEnd('/'));

    public static IEnumerable<string> Mistakes(RouteConfig route, IReadOnlyDictionary<string, string> transform, string? prefix)
    {
        if (transform.Count != 1)
        {
            yield return "Its transform takes one value, the path that Beam is mounted at, and nothing besides.";
        }

        if (route.Transforms is { Count: > 1 })
        {
            yield return "Other transforms of the route would do nothing; remove them.";
        }

        if (route.ClusterId is not (null or BeamCluster.Id))
        {
            yield return $"It never reaches the cluster '{route.ClusterId}'; remove the ClusterId.";
        }

        if (route.MaxRequestBodySize is >= 0)
        {
            yield return "MaxRequestBodySize would cut transfers; remove it, and set BeamOptions.MaxTransferBytes.";
        }

        if (!IsPrefix(prefix))
        {
            yield return PrefixRule(prefix);
        }
        else if (!LiesUnder(route.Match.Path ?? "", prefix!))
        {
            yield return $"Its path '{route.Match.Path}' does not lie under '{prefix}'; it is like '{prefix!.TrimEnd('/')}/{{**rest}}'.";
        }
    }

    public static string PrefixRule(string? prefix)
        => $"'{prefix}' is no path that Beam can be mounted at; it is like '/drop', or '/' for the root, without parameters.";

    public static bool IsPrefix(string? prefix)
        => prefix is ['/', ..]
            && !prefix.ContainsAny(NotInAPrefix)
            && !prefix.Contains("//", StringComparison.Ordinal)
            && !prefix.Split('/').Any(static segment => segment is "." or "..");

    private static bool LiesUnder(string pattern, string prefix)
    {
        var wanted = prefix.Trim('/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        var given = pattern.Trim('/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        return given.Take(wanted.Length).SequenceEqual(wanted, StringComparer.OrdinalIgnoreCase);
    }
}
