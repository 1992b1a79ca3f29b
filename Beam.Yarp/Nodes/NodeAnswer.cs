using System.Globalization;
using System.Net;

namespace Beam.Yarp.Nodes;

/// <summary>
/// Checks an answer before the gateway makes it its own. What the server could not write would otherwise end in an answer without a word,
/// and a change of protocols, for which no node is asked, would hand the connection to whoever has answered.
/// </summary>
internal static class NodeAnswer
{
    /// <summary>Returns the answer if it is one that a node gives.</summary>
    /// <exception cref="HttpRequestException">It is not; the answer is disposed.</exception>
    public static HttpResponseMessage Checked(HttpResponseMessage answer)
    {
        if (IsFinal(answer.StatusCode) && CanBeWritten(answer) && HasOneLength(answer.Content))
        {
            return answer;
        }

        answer.Dispose();
        throw new HttpRequestException(HttpRequestError.InvalidResponse, "The node's answer is none of a node.");
    }

    private static bool IsFinal(HttpStatusCode status) => status >= HttpStatusCode.OK;

    private static bool CanBeWritten(HttpResponseMessage answer)
    {
        foreach (var (_, values) in answer.Headers.NonValidated)
        {
            if (!CanBeWritten(values))
            {
                return false;
            }
        }

        foreach (var (_, values) in answer.Content.Headers.NonValidated)
        {
            if (!CanBeWritten(values))
            {
                return false;
            }
        }

        return true;
    }

    private static bool CanBeWritten(System.Net.Http.Headers.HeaderStringValues values)
    {
        foreach (var value in values)
        {
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasOneLength(HttpContent content)
        => !content.Headers.NonValidated.TryGetValues("Content-Length", out var lengths)
            || (lengths.Count == 1 && long.TryParse(lengths.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
