using System.Globalization;
using System.Net.Http.Headers;

namespace Beam.Client;

/// <content>What is asked.</content>
internal sealed partial class SendRun
{
    // Below this, asking first costs more than a refused body.
    private const long AskedFirstBytes = 1024 * 1024;

    private static readonly MediaTypeHeaderValue Piece = new("application/partial-upload");

    private HttpRequestMessage Request(SendPiece piece, SendContent content)
    {
        var request = http.Request(_isBegun ? HttpMethod.Patch : HttpMethod.Put, link.Url, Query());
        request.Content = content;
        request.Headers.ExpectContinue = (piece.Length ?? long.MaxValue) > AskedFirstBytes;
        if (options.HandIn)
        {
            request.Headers.TryAddWithoutValidation("Prefer", "respond-async");
        }

        if (_sha256 is { } sha256)
        {
            request.Headers.TryAddWithoutValidation(HttpFields.ReprDigest, HttpFields.Digest(sha256.Span));
        }

        request.Headers.TryAddWithoutValidation(HttpFields.WantReprDigest, "sha-256=1");
        if (_isBegun)
        {
            content.Headers.ContentType = Piece;
            request.Headers.TryAddWithoutValidation(HttpFields.UploadOffset, piece.Offset.ToString(CultureInfo.InvariantCulture));
        }
        else if (options.ContentType is { } type)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (_isBegun || !piece.EndsFile)
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
        var wait = options.Wait is { } time ? string.Create(CultureInfo.InvariantCulture, $"wait={Math.Max(1, (long)time.TotalSeconds)}") : null;
        var receivers = options.Receivers != 1 ? string.Create(CultureInfo.InvariantCulture, $"receivers={options.Receivers}") : null;
        var query = string.Join('&', new[] { wait, receivers }.Where(static part => part is not null));
        return query.Length == 0 ? "" : "?" + query;
    }
}
