using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Requests;

/// <summary>Where people reach Beam, for links and commands that are printed.</summary>
internal static class PublicUrl
{
    public const string HostRule = "The Host header is not a plain name or address.";

    private static readonly SearchValues<char> HostLetters
        = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");

    /// <summary>
    /// The Host header as it came. <see cref="HttpRequest.Host"/> decodes international names: then they are no plain ones, nor those of the
    /// Origin header, and one that cannot be decoded is an exception.
    /// </summary>
    public static string Host(HttpRequest request) => request.Headers.Host.ToString();

    /// <summary>Says whether the Host header is a plain name or address. Others end up in no page and in no command.</summary>
    public static bool HasPlainHost(HttpRequest request) => !Host(request).AsSpan().ContainsAnyExcept(HostLetters);

    /// <summary>The address that Beam is mounted at, without a slash at the end.</summary>
    /// <param name="request">A request whose path ends in <paramref name="ownSegments"/> segments of Beam's own.</param>
    /// <param name="options">May name the address.</param>
    /// <param name="ownSegments">How many segments are Beam's.</param>
    public static string Base(HttpRequest request, BeamHttpOptions options, int ownSegments)
    {
        if (options.PublicBaseUrl is { } url)
        {
            return url.AbsoluteUri.TrimEnd('/');
        }

        var path = (request.PathBase + request.Path).ToUriComponent().TrimEnd('/');
        for (; ownSegments > 0; ownSegments--)
        {
            path = path[..Math.Max(0, path.LastIndexOf('/'))];
        }

        return $"{request.Scheme}://{Host(request)}{path}";
    }
}
