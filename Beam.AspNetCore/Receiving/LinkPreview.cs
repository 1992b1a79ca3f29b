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

    /// <summary>Says whether the answer is a page. A browser that a person has told to download says so in the query.</summary>
    public static bool IsWanted(HttpRequest request)
        => IsPreview(request) || ((Accepts.Html(request) || IsForADocument(request)) && !request.Query.ContainsKey("download"));

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
        => request.Headers.UserAgent.ToString() is var program
            && Array.Exists(Previews, name => program.Contains(name, StringComparison.OrdinalIgnoreCase));
}
