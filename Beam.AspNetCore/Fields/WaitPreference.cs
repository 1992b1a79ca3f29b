using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Fields;

/// <summary>How many seconds a client wants to wait for the other side: <c>?wait=30</c>, or <c>Prefer: wait=30</c> (RFC 7240).</summary>
internal static class WaitPreference
{
    public const string Rule = "wait is a whole number of seconds, at least 1.";

    /// <summary>Reads the wish. A wrong query is the client's mistake. A preference that Beam does not understand does not count.</summary>
    /// <returns><see langword="false"/> when the query is wrong.</returns>
    public static bool TryRead(HttpRequest request, out TimeSpan? wait)
    {
        wait = null;
        if (request.Query.TryGetValue("wait", out var asked))
        {
            wait = Seconds(asked.ToString());
            return wait is not null;
        }

        foreach (var preferences in request.Headers["Prefer"])
        {
            foreach (var preference in (preferences ?? "").Split(',', ';'))
            {
                if (preference.Trim() is var text && text.StartsWith("wait=", StringComparison.OrdinalIgnoreCase))
                {
                    wait ??= Seconds(text["wait=".Length..].Trim('"'));
                }
            }
        }

        return true;
    }

    private static TimeSpan? Seconds(string text)
        => text.All(char.IsAsciiDigit)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
