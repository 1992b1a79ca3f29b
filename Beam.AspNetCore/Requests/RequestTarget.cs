using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.AspNetCore.Requests;

/// <summary>
/// The path as the client wrote it. Servers decode it and resolve dot segments before routing. After that, <c>%2F</c> and <c>%252F</c> look
/// equal, and <c>a/..</c> is gone.
/// </summary>
internal static class RequestTarget
{
    public const string NotPlainReason = "The path has a '.' or '..' segment.";

    /// <summary>The last segment of the path, still percent-encoded.</summary>
    public static ReadOnlySpan<char> LastSegment(HttpContext context)
    {
        // Routing ignores a slash at the end.
        var path = RawPath(context).TrimEnd('/');
        return path[(path.LastIndexOf('/') + 1)..];
    }

    /// <summary>The last segments of the path, each after its slash and still percent-encoded.</summary>
    public static string LastSegments(HttpContext context, int count)
    {
        var path = RawPath(context).TrimEnd('/');
        var start = path.Length;
        for (; count > 0; count--)
        {
            start = Math.Max(0, path[..start].LastIndexOf('/'));
        }

        return path[start..].ToString();
    }

    /// <summary>Says whether no segment is <c>.</c> or <c>..</c>, encoded or not.</summary>
    public static bool IsPlain(HttpContext context)
    {
        var path = RawPath(context);
        if (!path.Contains("/.", StringComparison.Ordinal) && !path.Contains("%2e", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        foreach (var range in path.Split('/'))
        {
            if (IsDots(path[range]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDots(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (segment.Length > 0)
        {
            var length = segment[0] == '.' ? 1 : segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
            if (length == 0)
            {
                return false;
            }

            dots++;
            segment = segment[length..];
        }

        return dots is 1 or 2;
    }

    /// <summary>The path as the client wrote it, without the query.</summary>
    public static ReadOnlySpan<char> RawPath(HttpContext context)
    {
        var rawTarget = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(rawTarget))
        {
            return context.Request.Path.ToUriComponent();
        }

        var target = rawTarget.AsSpan();

        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];

        // Absolute form, as sent to a proxy (RFC 9112, section 3.2.2).
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && path[0] != '/')
        {
            path = path[(scheme + 3)..];
            var slash = path.IndexOf('/');
            path = slash < 0 ? "/" : path[slash..];
        }

        return path;
    }
}
