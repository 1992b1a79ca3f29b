using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Beam.AspNetCore.Fields;

/// <summary>The ranges of bytes that clients declare: what a receiver wants, and what a sender's body is.</summary>
internal static class DeclaredRange
{
    private const string Unit = "bytes=";

    /// <summary>
    /// Reads <c>Range</c>. A stream cannot serve several ranges, or a number of bytes from the end. The relay ignores those, as a server
    /// may, like everything else that it does not understand.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="from">Where the range begins; <see langword="null"/> when there is none.</param>
    /// <param name="end">Where it ends, exclusive; <see langword="null"/> for the end of the file, behind which it may also lie.</param>
    /// <returns><see langword="false"/> when no file reaches to where it begins.</returns>
    public static bool TryReadWanted(HttpRequest request, out long? from, out long? end)
    {
        from = null;
        end = null;
        var field = request.Headers.Range.ToString().AsSpan().Trim();
        if (!field.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var dash = field.IndexOf('-');
        var first = dash < 0 ? default : field[Unit.Length..dash].Trim();
        var last = dash < 0 ? default : field[(dash + 1)..].Trim();
        if (!DeclaredNumber.IsWhole(first) || !(last.IsEmpty || DeclaredNumber.IsWhole(last)))
        {
            return true;
        }

        if (!DeclaredNumber.TryParse(first, out var begin))
        {
            return false;
        }

        // A last byte beyond the end means the end (RFC 9110, section 14.1.2), and some clients write the largest number that they know.
        end = DeclaredNumber.TryParse(last, out var byteNumber) && DeclaredNumber.TryFindEnd(byteNumber, 1, out var behind) ? behind : null;
        if (end <= begin)
        {
            end = null;
            return true;
        }

        from = begin;
        return true;
    }

    /// <summary>Reads <c>Content-Range</c> of a request that has it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="from">Where the body begins in the file.</param>
    /// <param name="end">Where it ends, exclusive.</param>
    /// <param name="length">The length of the file, if it is there.</param>
    /// <returns><see langword="false"/> when it does not say where the body lies, or no file reaches there.</returns>
    public static bool TryReadOfBody(HttpRequest request, out long from, out long end, out long? length)
    {
        (from, end, length) = (0, 0, null);
        if (!ContentRangeHeaderValue.TryParse(request.Headers.ContentRange.ToString(), out var range)
            || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
            || range is not { From: { } first, To: { } last }
            || !DeclaredNumber.TryFindEnd(last, 1, out var behind)
            || !DeclaredNumber.TryFindEnd(0, range.Length ?? 0, out _))
        {
            return false;
        }

        (from, end, length) = (first, behind, range.Length);
        return true;
    }
}
