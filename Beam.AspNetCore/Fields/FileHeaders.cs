using System.Buffers;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Beam.AspNetCore.Fields;

/// <summary>
/// The headers of a file: what a sender may say of it, and what the relay tells a receiver. It passes on only what it has parsed.
/// </summary>
internal static class FileHeaders
{
    private const string Unknown = "application/octet-stream";

    // More than any type needs (RFC 6838, section 4.2). Proxies have little room for the head of an answer.
    private const int MaxTypeLetters = 255;

    private static readonly SearchValues<char> CodingLetters
        = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~, ");

    public static TransferDescription Describe(HttpRequest request)
        => new(request.ContentLength, MediaType(request.ContentType), Coding(request.Headers.ContentEncoding.ToString()));

    /// <summary>
    /// The media type, if there is one. Two types do not count, because they say nothing of the file: the default of curl's
    /// <c>--data-binary</c>, and the type that marks a piece.
    /// </summary>
    /// <remarks>
    /// A quoted parameter may have letters that the server writes into no header. Without such parameters the type still says what the file
    /// is.
    /// </remarks>
    public static string? MediaType(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals(UploadDraft.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        for (var i = type.Parameters.Count - 1; i >= 0; i--)
        {
            if (!IsHeaderText(type.Parameters[i].ToString()))
            {
                type.Parameters.RemoveAt(i);
            }
        }

        return Array.Find([type.ToString(), type.MediaType.ToString()], static text => text.Length <= MaxTypeLetters && IsHeaderText(text));
    }

    public static void Write(HttpResponse response, TransferReceiver receiver, string name)
        => Write(response, receiver.Description, receiver.TransferId, name, receiver.End - receiver.From);

    public static void Write(HttpResponse response, TransferDescription description, string transferId, string name, long? length)
    {
        var headers = response.Headers;
        response.ContentLength = length;
        response.ContentType = description.ContentType is { } type && IsHeaderText(type) ? type : Unknown;
        if (description.ContentEncoding is { } coding && IsHeaderText(coding))
        {
            headers.ContentEncoding = coding;
        }

        headers.ContentDisposition = Disposition(name);
        headers.AcceptRanges = "bytes";
        headers.ETag = $"\"{transferId}\"";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex";
    }

    /// <summary>
    /// Names the file. curl reads <c>filename</c> and stores the file under just that name, in whatever folder it is. Other programs obey
    /// files such as <c>.curlrc</c> there, and take a name that begins with a dash for an option. Browsers read <c>filename*</c>, which has
    /// the true name, and make names harmless themselves.
    /// </summary>
    private static string Disposition(string name)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name[0] is '.' or '-' ? "_" + name[1..] : name);
        disposition.FileNameStar = name;
        return disposition.ToString();
    }

    /// <summary>Says whether the server can write a text into a header: it throws for every other letter.</summary>
    private static bool IsHeaderText(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    internal static string? Coding(string contentEncoding)
        => contentEncoding.Length is > 0 and <= 100 && !contentEncoding.AsSpan().ContainsAnyExcept(CodingLetters) ? contentEncoding : null;
}
