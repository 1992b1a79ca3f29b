using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Fields;

/// <summary>Whether a sender wants to hand its file in and leave: <c>Prefer: respond-async</c> (RFC 7240, section 4.1).</summary>
internal static class AsyncPreference
{
    private const string Name = "respond-async";

    public static bool IsAsked(HttpRequest request)
    {
        foreach (var preferences in request.Headers["Prefer"])
        {
            foreach (var preference in (preferences ?? "").Split(','))
            {
                if (preference.AsSpan().Trim().Equals(Name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Tells the client that the relay has granted the wish (RFC 7240, section 3).</summary>
    public static void NoteApplied(HttpResponse response) => response.Headers["Preference-Applied"] = Name;
}
