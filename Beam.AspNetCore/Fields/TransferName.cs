using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Beam.Transfers;

namespace Beam.AspNetCore.Fields;

/// <summary>
/// The name of a transfer: one path segment, 1 to 255 bytes of UTF-8, without anything that a file system or a terminal would act on.
/// </summary>
internal static class TransferName
{
    public const string Rule = "A name is 1 to 255 bytes of UTF-8 without control characters, '/' and '\\', and not '.' or '..'.";

    private const int MaxBytes = 255;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes a percent-encoded path segment, once.</summary>
    public static bool TryDecode(ReadOnlySpan<char> segment, [NotNullWhen(true)] out string? name)
    {
        name = null;
        Span<byte> bytes = stackalloc byte[MaxBytes];
        var length = 0;
        while (segment.Length > 0)
        {
            if (length == MaxBytes || !TryTakeByte(ref segment, out bytes[length]))
            {
                return false;
            }

            length++;
        }

        try
        {
            name = StrictUtf8.GetString(bytes[..length]);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        return IsValid(name);
    }

    /// <summary>Says whether a decoded name is allowed.</summary>
    public static bool IsValid(string name) => TransferNames.IsValid(name);

    /// <summary>Says whether a letter is a plain letter, and nothing that would mislead a terminal or a reader.</summary>
    public static bool IsPlain(Rune rune) => TransferNames.IsPlain(rune);

    private static bool TryTakeByte(ref ReadOnlySpan<char> text, out byte value)
    {
        if (text[0] == '%')
        {
            value = 0;
            if (text.Length < 3 || !byte.TryParse(text[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value))
            {
                return false;
            }

            text = text[3..];
            return true;
        }

        value = (byte)text[0];
        var isAscii = char.IsAscii(text[0]);
        text = text[1..];
        return isAscii;
    }
}
