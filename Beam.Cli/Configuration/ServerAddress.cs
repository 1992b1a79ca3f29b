using System.Text.RegularExpressions;

namespace Beam.Cli.Configuration;

/// <summary>Reads the address where Beam is mounted, as people write it.</summary>
internal static partial class ServerAddress
{
    /// <exception cref="UsageException">The text is not an address, is a link, or contains a query, a fragment or a key.</exception>
    public static Uri Parse(string text)
    {
        var trimmed = text.Trim();
        var full = trimmed.Contains("://", StringComparison.Ordinal) ? trimmed : "https://" + trimmed;
        if (!Uri.TryCreate(full, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https")
            || address.Query.Length > 0
            || address.Fragment.Length > 0)
        {
            throw new UsageException($"{trimmed} is not the address of a server.");
        }

        if (Token().IsMatch(address.AbsolutePath))
        {
            // What opens a channel at a server would, at a link, be a file for whoever waits there.
            throw new UsageException("That is a link, not the address of a server. To send to it: curl --fail -T FILE LINK/");
        }

        return address.UserInfo.Length == 0
            ? new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/")
            : throw new UsageException("The address must not contain a key. Set the key with 'beam config key -' or in BEAM_KEY.");
    }

    /// <summary>Letters and digits, or words, maybe with a node before them: as servers make tokens.</summary>
    [GeneratedRegex(
        "/([a-z0-9-]+\\.)?([a-z0-9]{26}|[0-9]+(-[a-z]+){2,})(/|$)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Token();
}
