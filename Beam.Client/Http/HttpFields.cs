using System.Globalization;

namespace Beam.Client;

/// <summary>Header fields that <see cref="HttpClient"/> has no types for.</summary>
internal static class HttpFields
{
    public const string UploadOffset = "Upload-Offset";
    public const string UploadLength = "Upload-Length";
    public const string UploadComplete = "Upload-Complete";
    public const string UploadLimit = "Upload-Limit";
    public const string ReprDigest = "Repr-Digest";
    public const string WantReprDigest = "Want-Repr-Digest";
    public const string Yes = "?1";
    public const string No = "?0";

    private const string Sha256 = "sha-256=:";

    public static long? Integer(HttpResponseMessage response, string name)
        => long.TryParse(Text(response, name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static bool IsYes(HttpResponseMessage response, string name) => Text(response, name) == Yes;

    /// <summary>The most bytes that the server takes in one request, from <c>Upload-Limit</c>.</summary>
    public static long? MaxAppendBytes(HttpResponseMessage response)
    {
        foreach (var limit in (Text(response, UploadLimit) ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (limit.StartsWith("max-append-size=", StringComparison.Ordinal)
                && long.TryParse(limit.AsSpan("max-append-size=".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                && bytes > 0)
            {
                return bytes;
            }
        }

        return null;
    }

    /// <summary>A digest as a field (RFC 9530).</summary>
    public static string Digest(ReadOnlySpan<byte> sha256) => $"{Sha256}{Convert.ToBase64String(sha256)}:";

    /// <summary>The digest that the server says the whole file has, as hexadecimal letters.</summary>
    public static string? Digest(HttpResponseMessage response)
    {
        foreach (var member in (Text(response, ReprDigest) ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var digest = new byte[32];
            if (member.StartsWith(Sha256, StringComparison.Ordinal)
                && member[^1] == ':'
                && Convert.TryFromBase64Chars(member.AsSpan(Sha256.Length..^1), digest, out var length)
                && length == digest.Length)
            {
                return Convert.ToHexStringLower(digest);
            }
        }

        return null;
    }

    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider timeProvider) => response.Headers.RetryAfter switch
    {
        { Delta: { } delay } => delay,
        { Date: { } date } when date > timeProvider.GetUtcNow() => date - timeProvider.GetUtcNow(),
        _ => null,
    };

    /// <summary>Says whether Beam has written a refusal. A proxy's refusal looks different.</summary>
    public static bool IsFromBeam(HttpResponseMessage response)
        => response.Headers.CacheControl?.NoStore == true
            && Text(response, "X-Content-Type-Options") == "nosniff"
            && response.Content.Headers.ContentType is { MediaType: "text/plain" or "application/problem+json" };

    private static string? Text(HttpResponseMessage response, string name)
        => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
