namespace Beam.Cli.Configuration;

/// <summary>Reads where Beam is mounted, as people write it.</summary>
internal static class ServerAddress
{
    /// <exception cref="UsageException">It is no address, or holds what belongs elsewhere.</exception>
    public static Uri Parse(string text)
    {
        var trimmed = text.Trim();
        var full = trimmed.Contains("://", StringComparison.Ordinal) ? trimmed : "https://" + trimmed;
        if (!Uri.TryCreate(full, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new UsageException($"{trimmed} is not the address of a server.");
        }

        return address.UserInfo.Length == 0
            ? new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/")
            : throw new UsageException("A key does not belong into the address: set it with 'beam config key -' or in BEAM_KEY.");
    }
}
