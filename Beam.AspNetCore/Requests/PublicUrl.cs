using System.Buffers;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Beam.AspNetCore.Requests;

/// <summary>The address at which people reach Beam, for the links and commands that it prints.</summary>
internal static class PublicUrl
{
    public const string HostRule = "The Host header is not a plain name or address that this server answers to.";

    private static readonly SearchValues<char> HostLetters
        = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");

    private static readonly SearchValues<char> PathLetters
        = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~/%:@=+,");

    /// <summary>
    /// The Host header as it came. <see cref="HttpRequest.Host"/> decodes international names. Then they are no longer plain, and no longer
    /// equal to the Origin header. A name that it cannot decode is an exception.
    /// </summary>
    public static string Host(HttpRequest request) => request.Headers.Host.ToString();

    /// <summary>
    /// Says whether the Host header is a plain name or address, and one that the application answers to. Only such a name gets into a page
    /// or a command.
    /// </summary>
    public static bool HasUsableHost(HttpRequest request) => !Host(request).AsSpan().ContainsAnyExcept(HostLetters) && IsAllowed(request);

    /// <summary>The address that Beam is mounted at, without a slash at the end.</summary>
    /// <param name="request">A request whose path ends in <paramref name="ownSegments"/> segments of Beam's own.</param>
    /// <param name="options">They may name the address.</param>
    /// <param name="ownSegments">How many segments are Beam's.</param>
    public static string Base(HttpRequest request, BeamHttpOptions options, int ownSegments)
    {
        if (options.PublicBaseUrl is { } url)
        {
            // A header cannot have the letters of an international name.
            var address = new UriBuilder(url) { Host = url.IdnHost }.Uri;
            return address.GetLeftPart(UriPartial.Authority) + ToPlain(address.AbsolutePath.TrimEnd('/'));
        }

        var path = (request.PathBase + request.Path).ToUriComponent().TrimEnd('/');
        for (; ownSegments > 0; ownSegments--)
        {
            path = path[..Math.Max(0, path.LastIndexOf('/'))];
        }

        return $"{Scheme(request)}://{Host(request)}{ToPlain(path)}";
    }

    /// <summary>
    /// Encodes what a shell would act on between any quotes. A path may hold it, because a route or a path base may be what a client wrote.
    /// </summary>
    private static string ToPlain(string path) => path.AsSpan().ContainsAnyExcept(PathLetters)
        ? string.Concat(path.Select(static letter => PathLetters.Contains(letter) ? letter.ToString() : Uri.HexEscape(letter)))
        : path;

    /// <summary>The scheme. A proxy may have said anything, and a link with another scheme than these may run a script.</summary>
    private static string Scheme(HttpRequest request)
        => request.IsHttps || (request.Scheme is not ("http" or "HTTP") && IsEncrypted(request)) ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;

    private static bool IsEncrypted(HttpRequest request) => request.HttpContext.Features.Get<ITlsHandshakeFeature>() is not null;

    /// <summary>
    /// The server checks the Host header against <c>AllowedHosts</c> before it takes a name that a proxy has passed on, and not afterwards.
    /// </summary>
    private static bool IsAllowed(HttpRequest request)
    {
        var options = request.HttpContext.RequestServices.GetService<IOptions<HostFilteringOptions>>()?.Value.AllowedHosts ?? [];
        StringSegment[] allowed = [.. options.Select(static name => new StringSegment(new HostString(name).ToUriComponent()))];
        return allowed.Length == 0
            || Array.Exists(allowed, IsAny)
            || Host(request).Length == 0
            || HostString.MatchesAny(new HostString(Host(request)).Host, allowed);
    }

    /// <summary>Says whether a name in <c>AllowedHosts</c> stands for any host, as the server's own check has it.</summary>
    private static bool IsAny(StringSegment name) => name == "*" || name == "0.0.0.0" || name == "[::]";
}
