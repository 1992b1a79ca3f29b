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

    private static readonly SearchValues<char> CodingLetters
        = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~, ");

    public static TransferDescription Describe(HttpRequest request)
        => new(request.ContentLength, MediaType(request.ContentType), Coding(request.Headers.ContentEncoding.ToString()));

    /// <summary>
    /// The media type, if there is one. Two types do not count, because they say nothing of the file: the default of curl's
    /// <c>--data-binary</c>, and the type that marks a piece.
    /// </summary>
    public static string? MediaType(string? contentType)
        => MediaTypeHeaderValue.TryParse(contentType, out var type)
            && !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            && !type.MediaType.Equals(UploadDraft.MediaType, StringComparison.OrdinalIgnoreCase)
                ? type.ToString()
                : null;

    public static void Write(HttpResponse response, TransferReceiver receiver, string name)
        => Write(response, receiver.Description, receiver.TransferId, name, receiver.End - receiver.From);

    public static void Write(HttpResponse response, TransferDescription description, string transferId, string name, long? length)
    {
        var headers = response.Headers;
        response.ContentLength = length;
        response.ContentType = description.ContentType ?? Unknown;
        if (description.ContentEncoding is { } coding)
        {
            headers.ContentEncoding = coding;
        }

        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        headers.ContentDisposition = disposition.ToString();
        headers.AcceptRanges = "bytes";
        headers.ETag = $"\"{transferId}\"";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex";
    }

    private static string? Coding(string contentEncoding)
        => contentEncoding.Length is > 0 and <= 100 && !contentEncoding.AsSpan().ContainsAnyExcept(CodingLetters) ? contentEncoding : null;
}
