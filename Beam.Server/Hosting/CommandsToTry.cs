using Beam.Server.Settings;

namespace Beam.Server.Hosting;

/// <summary>What the server prints when it is ready.</summary>
internal static class CommandsToTry
{
    /// <param name="addresses">Where the server listens.</param>
    /// <param name="publicBaseUrl">The address for links, if the settings name one.</param>
    /// <param name="settings">Say whether a key is needed.</param>
    /// <param name="limits">What one address may hold, in lines like the others.</param>
    public static string Render(ICollection<string> addresses, Uri? publicBaseUrl, ServerSettings settings, string limits)
    {
        var url = publicBaseUrl?.AbsoluteUri.TrimEnd('/') ?? Reachable(addresses.First());
        var key = settings.AccessKey is null ? "" : "-u :KEY ";
        return $"""
            Beam listens on {string.Join(", ", addresses)}

              At once  curl --fail {key}-T FILE {url}/
              Token    TOKEN=$(curl --fail {key}-sX POST {url}/token); echo $TOKEN
              Send     curl --fail -T FILE "{url}/$TOKEN/"
              Receive  curl --fail -OJ "{url}/$TOKEN/FILE"

            {limits}

            """;
    }

    // On this machine, clients can reach a server that listens on every interface by the name localhost.
    private static string Reachable(string address)
        => address.TrimEnd('/')
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
            .Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal);
}
