using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Beam.Tokens;

/// <summary>
/// The key under which a token is found: the first half of its SHA-256. Looking up a digest takes the same time whatever part of a guess is
/// right. Nobody can turn what the relay keeps back into a token.
/// </summary>
internal readonly record struct TokenDigest(UInt128 Value)
{
    private const int HexDigits = 32;

    /// <summary>The digest of <paramref name="token"/>, which the caller has checked to be short ASCII.</summary>
    public static TokenDigest Of(ReadOnlySpan<char> token)
    {
        Span<byte> ascii = stackalloc byte[token.Length];
        Encoding.ASCII.GetBytes(token, ascii);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(ascii, hash);
        return new TokenDigest(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <summary>Reads what <see cref="ToHex"/> has written.</summary>
    public static bool TryParse(string text, out TokenDigest digest)
    {
        var isHex = UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        digest = new TokenDigest(value);
        return isHex && text.Length == HexDigits;
    }

    public string ToHex() => Value.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Eight letters by which people and logs can tell tokens apart; they say nothing about the token.</summary>
    public string ToShortId() => string.Create(8, Value, static (text, value) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = TokenFormat.Alphabet[(int)(value & 31)];
            value >>= 5;
        }
    });
}
