namespace Beam.Cli.Configuration;

/// <summary>Reads the address where Beam is mounted, as people write it.</summary>
internal static class ServerAddress
{
    /// <exception cref="UsageException">The text is not an address, or contains a query, a fragment or a key.</exception>
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

        return address.UserInfo.Length == 0
            ? new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/")
            : throw new UsageException("The address must not contain a key. Set the key with 'beam config key -' or in BEAM_KEY.");
    }
}
