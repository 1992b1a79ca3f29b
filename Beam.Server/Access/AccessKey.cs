using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Beam.Server.Access;

/// <summary>
/// The key of the server. It keeps only the key's digest, and compares digests in constant time: neither length nor content shows.
/// </summary>
internal sealed class AccessKey(string key)
{
    private readonly byte[] _digest = DigestOf(key);

    /// <summary>Says whether an <c>Authorization</c> header brings the key: as bearer token, or as password of any user.</summary>
    public bool IsIn(string? authorization)
        => TryRead(authorization, out var presented) && CryptographicOperations.FixedTimeEquals(DigestOf(presented), _digest);

    private static byte[] DigestOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static bool TryRead(string? authorization, [NotNullWhen(true)] out string? presented)
    {
        presented = null;
        if (!AuthenticationHeaderValue.TryParse(authorization, out var header) || header.Parameter is not { } parameter)
        {
            return false;
        }

        if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            presented = parameter;
        }
        else if (header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            presented = PasswordIn(parameter);
        }

        return presented is not null;
    }

    private static string? PasswordIn(string credentials)
    {
        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, bytes, out var length))
        {
            return null;
        }

        var userAndPassword = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = userAndPassword.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : userAndPassword[(colon + 1)..];
    }
}
