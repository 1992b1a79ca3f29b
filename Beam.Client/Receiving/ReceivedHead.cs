using System.Net;
using System.Text.RegularExpressions;

namespace Beam.Client;

/// <summary>What the headers of a download say.</summary>
internal static partial class ReceivedHead
{
    /// <summary>What the file is, with the length of all of it.</summary>
    public static BeamFile File(HttpResponseMessage response, string? knownName)
    {
        var headers = response.Content.Headers;
        var length = headers.ContentRange is { } range ? range.Length : headers.ContentLength;
        return new BeamFile(
            knownName ?? Name(response) ?? "file",
            length,
            headers.ContentType?.ToString(),
            headers.ContentEncoding.Count > 0 ? string.Join(", ", headers.ContentEncoding) : null,
            Id(response));
    }

    /// <summary>The id of the transfer, from a strong entity tag that no proxy has replaced with its own.</summary>
    public static string? Id(HttpResponseMessage response)
        => response.Headers.ETag is { IsWeak: false } tag && tag.Tag.Trim('"') is var id && EntityTag().IsMatch(id) ? id : null;

    /// <summary>
    /// Says whether the end of the body is surely the end of what was sent: by its length, its last chunk or, from HTTP/2 on, the end of
    /// its stream. A body that ends with its connection may have been cut. A part of a file whose length nobody knows says by its own
    /// length nothing of the file's.
    /// </summary>
    public static bool HasCertainEnd(HttpResponseMessage response)
        => response.Version >= HttpVersion.Version20
            || response.Headers.TransferEncodingChunked == true
            || (response.Content.Headers.ContentLength is not null && response.Content.Headers.ContentRange is not { Length: null });

    private static string? Name(HttpResponseMessage response)
    {
        var disposition = response.Content.Headers.ContentDisposition;
        var name = disposition?.FileNameStar ?? disposition?.FileName?.Trim('"');
        return string.IsNullOrEmpty(name) ? null
            : LinkText.IsName(name) ? name
            : throw new BeamException(BeamError.Unexpected, "The server has given the file a name that no file may have.")
            {
                StatusCode = response.StatusCode,
            };
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,40}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EntityTag();
}
