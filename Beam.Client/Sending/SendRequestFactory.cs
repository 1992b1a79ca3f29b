using System.Globalization;
using System.Net.Http.Headers;

namespace Beam.Client;

/// <summary>Makes the requests that carry a file, or pieces of it.</summary>
internal sealed class SendRequestFactory(BeamHttp http, BeamLink link, SendSource source, BeamSendOptions options)
{
    // Below this length, asking first costs more than a refused body.
    private const long AskedFirstBytes = 1024 * 1024;

    private static readonly MediaTypeHeaderValue Piece = new("application/partial-upload");

    /// <summary>Makes the request for a piece. The caller disposes it.</summary>
    /// <param name="piece">Which part of the source it carries.</param>
    /// <param name="content">That part.</param>
    /// <param name="isBegun">Whether the server has the file's beginning.</param>
    /// <param name="sha256">The digest of the whole file, if it is known.</param>
    public HttpRequestMessage Create(SendPiece piece, SendContent content, bool isBegun, ReadOnlyMemory<byte>? sha256)
    {
        var request = http.Request(isBegun ? HttpMethod.Patch : HttpMethod.Put, link.Url, Query());
        request.Content = content;
        request.Headers.ExpectContinue = (piece.Length ?? long.MaxValue) > AskedFirstBytes;
        if (options.HandIn)
        {
            request.Headers.TryAddWithoutValidation("Prefer", "respond-async");
        }

        if (sha256 is { } digest)
        {
            request.Headers.TryAddWithoutValidation(HttpFields.ReprDigest, HttpFields.Digest(digest.Span));
        }

        request.Headers.TryAddWithoutValidation(HttpFields.WantReprDigest, "sha-256=1");
        if (isBegun)
        {
            content.Headers.ContentType = Piece;
            request.Headers.TryAddWithoutValidation(HttpFields.UploadOffset, piece.Offset.ToString(CultureInfo.InvariantCulture));
        }
        else if (options.ContentType is { } type)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (isBegun || !piece.EndsFile)
        {
            request.Headers.TryAddWithoutValidation(HttpFields.UploadComplete, piece.EndsFile ? HttpFields.Yes : HttpFields.No);
            if (source.Length is { } length)
            {
                request.Headers.TryAddWithoutValidation(HttpFields.UploadLength, length.ToString(CultureInfo.InvariantCulture));
            }
        }

        return request;
    }

    private string Query()
    {
        var wait = options.Wait is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"wait={Math.Max(1, (long)time.TotalSeconds)}")
            : null;
        var receivers = options.Receivers != 1
            ? string.Create(CultureInfo.InvariantCulture, $"receivers={options.Receivers}")
            : null;
        var query = string.Join('&', new[] { wait, receivers }.Where(static part => part is not null));
        return query.Length == 0 ? "" : "?" + query;
    }
}
