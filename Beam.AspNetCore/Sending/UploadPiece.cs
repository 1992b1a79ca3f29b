using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Beam.AspNetCore.Sending;

/// <summary>
/// Which part of a file a body is: by <c>Content-Range</c> (RFC 9110, section 14.5), or by the fields of the draft on resumable uploads.
/// </summary>
/// <param name="Offset">Where the body begins in the file; <see langword="null"/> for a body that begins a file.</param>
/// <param name="Length">The length of the whole file, if the request says it.</param>
/// <param name="IsLast">Whether the file ends with the body; <see langword="null"/> when the request does not say it.</param>
/// <param name="IsResumable">Whether the request speaks of pieces at all, so that its answer does too.</param>
internal sealed record UploadPiece(long? Offset, long? Length, bool? IsLast, bool IsResumable)
{
    private const string BadField = "Upload-Complete is ?0 or ?1; Upload-Offset and Upload-Length are whole numbers.";

    /// <summary>A body that is the whole file.</summary>
    public static readonly UploadPiece Whole = new(Offset: null, Length: null, IsLast: null, IsResumable: false);

    /// <summary>Gets where the body ends in the file; <see langword="null"/> when the request does not say how long its body is.</summary>
    public long? End { get; private init; }

    /// <summary>Gets a value indicating whether other bodies may come before or after this one.</summary>
    public bool IsPart => Offset is not null || (IsResumable && IsLast != true);

    /// <summary>Reads what a request says of its body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="piece">The part, when the request makes sense.</param>
    /// <param name="refusal">What is wrong with the request otherwise.</param>
    public static bool TryRead(HttpRequest request, out UploadPiece piece, out Answer refusal)
    {
        piece = Whole;
        refusal = default;
        if (!UploadDraft.Of(request).IsKnown)
        {
            refusal = Bad("This relay does not know that version of resumable uploads.");
            return !HttpMethods.IsPatch(request.Method)
                && !UploadDraft.IsPiece(request)
                && !request.Headers.ContainsKey(HeaderNames.ContentRange);
        }

        if (!UploadFields.TryReadBoolean(request, UploadFields.Complete, out var isComplete)
            || !UploadFields.TryReadInteger(request, UploadFields.Offset, out var offset)
            || !UploadFields.TryReadInteger(request, UploadFields.Length, out var length))
        {
            refusal = Bad(BadField);
            return false;
        }

        var isResumable = isComplete is not null || length is not null;
        var hasRange = request.Headers.ContainsKey(HeaderNames.ContentRange);
        if (HttpMethods.IsPatch(request.Method))
        {
            if (offset is null || hasRange)
            {
                refusal = Bad("A PATCH says where its piece begins with Upload-Offset, not with Content-Range.");
                return false;
            }

            isResumable = true;
        }
        else if (offset is not null)
        {
            refusal = Bad("Send a piece that continues a file with PATCH, or with Content-Range.");
            return false;
        }

        piece = new UploadPiece(offset, length, isComplete, isResumable);
        if (hasRange && !TryApplyRange(request, ref piece))
        {
            refusal = Bad("Content-Range does not have the form bytes FIRST-LAST/LENGTH, or does not fit the body.");
            return false;
        }

        long? end = null;
        if (request.ContentLength is { } bytes)
        {
            if (!DeclaredNumber.TryFindEnd(piece.Offset ?? 0, bytes, out var known))
            {
                refusal = AnswerTable.BadNumber;
                return false;
            }

            end = known;
        }

        if (piece.Length is { } whole && (piece.Offset > whole || end > whole || (piece.IsLast == true && end < whole)))
        {
            refusal = AnswerTable.ForSender(TransferError.LengthChanged);
            return false;
        }

        // The last piece and its length give the length of the file.
        piece = piece with { End = end, Length = piece is { IsLast: true, Length: null } ? end : piece.Length };
        return true;
    }

    /// <summary>Says whether the end of the body is the end of the file, whose length the relay may know.</summary>
    public bool EndsFile(long? knownLength) => !IsResumable || (IsLast ?? (Length ?? knownLength) is null);

    private static bool TryApplyRange(HttpRequest request, ref UploadPiece piece)
    {
        if (!DeclaredRange.TryReadOfBody(request, out var from, out var end, out var total)
            || (request.ContentLength is { } bytes && bytes != end - from)
            || (piece.Length is { } length && total is not null && length != total))
        {
            return false;
        }

        // Without a length, only the sender can know which piece is the last.
        var isLast = piece.IsLast ?? end == total;
        piece = new UploadPiece(from, piece.Length ?? total, isLast, IsResumable: true);
        return true;
    }

    private static Answer Bad(string reason) => new(StatusCodes.Status400BadRequest, "bad_piece", reason);
}
