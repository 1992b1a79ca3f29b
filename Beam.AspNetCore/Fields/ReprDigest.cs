using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Fields;

/// <summary>The digest of a whole file, as in <c>Repr-Digest: sha-256=:base64:</c> (RFC 9530).</summary>
internal static class ReprDigest
{
    public const string Rule = "Repr-Digest has the form sha-256=:BASE64: with 32 bytes.";

    private const string Header = "Repr-Digest";
    private const string Algorithm = "sha-256=";

    /// <summary>Reads the SHA-256. It ignores other algorithms, as RFC 9530 says.</summary>
    /// <returns><see langword="false"/> when there is a SHA-256 that is not well formed.</returns>
    public static bool TryRead(HttpRequest request, out ReadOnlyMemory<byte>? sha256)
    {
        sha256 = null;
        foreach (var line in request.Headers[Header])
        {
            foreach (var member in (line ?? "").Split(','))
            {
                var text = member.AsSpan().Trim();
                if (!text.StartsWith(Algorithm, StringComparison.Ordinal))
                {
                    continue;
                }

                var value = text[Algorithm.Length..];
                var digest = new byte[32];
                if (value.Length < 2
                    || value[0] != ':'
                    || value[^1] != ':'
                    || !Convert.TryFromBase64Chars(value[1..^1], digest, out var length)
                    || length != digest.Length)
                {
                    return false;
                }

                sha256 = digest;
            }
        }

        return true;
    }

    /// <summary>Says whether the client wants a digest: <c>Want-Repr-Digest: sha-256=1</c>, or any weight above 0.</summary>
    public static bool IsWanted(HttpRequest request)
        => request.Headers["Want-Repr-Digest"].ToString() is var wishes
            && wishes.Contains(Algorithm, StringComparison.Ordinal)
            && !wishes.Contains(Algorithm + "0", StringComparison.Ordinal);

    public static void Write(HttpResponse response, ReadOnlyMemory<byte>? sha256)
    {
        if (sha256 is { } digest)
        {
            response.Headers[Header] = $"{Algorithm}:{Convert.ToBase64String(digest.Span)}:";
        }
    }
}
