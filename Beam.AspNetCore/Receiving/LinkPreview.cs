using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Receiving;

/// <summary>
/// Finds clients that only look at a link, such as a browser that opens it or the preview of a chat program. They do not want what is
/// behind the link, and must not take a receiver's seat.
/// </summary>
internal static class LinkPreview
{
    // Words in the names of previews. No program that people download with has such a name.
    private static readonly string[] Previews = ["bot", "crawler", "spider", "preview", "facebookexternalhit", "whatsapp"];

    public static readonly Answer NotAhead = new(
        StatusCodes.Status503ServiceUnavailable,
        "fetched_ahead",
        "A browser that fetches the link before somebody clicks it does not get the file.");

    /// <summary>
    /// Says whether the answer is a page. A client that has been told to download says so in the query, whatever its name looks like.
    /// </summary>
    public static bool IsWanted(HttpRequest request)
        => !request.Query.ContainsKey("download") && (IsPreview(request) || Accepts.Html(request) || IsForADocument(request));

    /// <summary>Says whether a browser fetches the link because somebody may click it.</summary>
    public static bool IsAhead(HttpRequest request)
        => request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase)
            || request.Headers["Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Says whether a browser wants to show the answer. Every current browser says what it will do with it. It says <c>empty</c> only for
    /// scripts, which know what they ask for.
    /// </summary>
    private static bool IsForADocument(HttpRequest request) => request.Headers["Sec-Fetch-Dest"].ToString() is not ("" or "empty");

    private static bool IsPreview(HttpRequest request)
    {
        var rest = request.Headers.UserAgent.ToString().AsSpan();
        while (!rest.IsEmpty)
        {
            // A comment in parentheses, or what stands before the next.
            var end = rest[0] == '(' ? rest.IndexOf(')') + 1 : rest.IndexOf('(');
            var part = end > 0 ? rest[..end] : rest;
            if (!IsOfADevice(part) && NamesAPreview(part))
            {
                return true;
            }

            rest = rest[part.Length..];
        }

        return false;
    }

    /// <summary>
    /// Finds a comment such as <c>(Linux; Android 10; CUBOT X30)</c>: what the maker calls a device says nothing of the program.
    /// </summary>
    private static bool IsOfADevice(ReadOnlySpan<char> part)
        => part[0] == '(' && part.Contains("Android", StringComparison.OrdinalIgnoreCase);

    private static bool NamesAPreview(ReadOnlySpan<char> part)
    {
        foreach (var name in Previews)
        {
            if (part.Contains(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
