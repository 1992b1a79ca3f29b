using System.Globalization;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Beam.AspNetCore.Fields;

/// <summary>
/// The lengths and offsets that clients declare. All of them pass here, and none is negative or larger than a file may be: what adds and
/// subtracts them further on need not fear the end of the numbers.
/// </summary>
internal static class DeclaredNumber
{
    /// <summary>Says whether a text consists of digits alone, however large the number is.</summary>
    public static bool IsWhole(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    /// <summary>Reads a number.</summary>
    /// <returns><see langword="false"/> when it is none, or too large.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        return IsWhole(text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            && TryFindEnd(whole, 0, out number);
    }

    /// <summary>Finds where something ends.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">Its length.</param>
    /// <param name="end">The offset behind its last byte.</param>
    /// <returns><see langword="false"/> when no file reaches so far, or a number is negative.</returns>
    public static bool TryFindEnd(long offset, long length, out long end)
    {
        var isLegal = offset >= 0 && length >= 0 && offset <= TransferDescription.LargestLength
            && length <= TransferDescription.LargestLength - offset;
        end = isLegal ? offset + length : 0;
        return isLegal;
    }

    /// <summary>Says whether the length of a request's body is absent, or a number that a file may have.</summary>
    public static bool IsLengthRight(HttpRequest request) => request.ContentLength is { } length
        ? TryFindEnd(0, length, out _)
        : !request.Headers.ContainsKey(HeaderNames.ContentLength);
}
