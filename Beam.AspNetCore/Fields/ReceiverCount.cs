using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Fields;

/// <summary>How many receivers a sender's file has: <c>?receivers=3</c>.</summary>
internal static class ReceiverCount
{
    public const string Rule = "receivers is a whole number, at least 1.";

    /// <summary>Reads the number. The default is 1.</summary>
    /// <returns><see langword="false"/> when it is not a number of receivers.</returns>
    public static bool TryRead(HttpRequest request, out int receivers)
    {
        receivers = 1;
        return !request.Query.TryGetValue("receivers", out var asked)
            || (int.TryParse(asked.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out receivers) && receivers > 0);
    }
}
