using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Fields;

/// <summary>
/// Which version of the draft on resumable uploads (draft-ietf-httpbis-resumable-upload) a request speaks. Everything that differs between the
/// versions is here and goes with them.
/// </summary>
/// <param name="IsKnown">Whether it is one that is spoken here. No version at all means the text that is to become the RFC.</param>
/// <param name="MarksPieces">Whether what is appended has a media type of its own.</param>
internal readonly record struct UploadDraft(bool IsKnown, bool MarksPieces)
{
    /// <summary>The type of a body that is a piece of a file.</summary>
    public const string MediaType = "application/partial-upload";

    private const string VersionHeader = "Upload-Draft-Interop-Version";

    public static UploadDraft Of(HttpRequest request) => request.Headers[VersionHeader].ToString() switch
    {
        // Draft -03, as tus-js-client and others speak it.
        "5" => new(IsKnown: true, MarksPieces: false),

        // Drafts -05 and later; they differ in the interim responses, which are not sent here.
        "" or "6" or "7" or "8" => new(IsKnown: true, MarksPieces: true),
        _ => default,
    };

    /// <summary>
    /// Says whether a request of an unknown version wants more than an ordinary upload, which is what the draft lets it fall back to. Up to
    /// interop version 3 the field had the opposite sense.
    /// </summary>
    public static bool IsPiece(HttpRequest request)
        => request.Headers["Upload-Complete"].ToString() is "?0"
            || request.Headers["Upload-Incomplete"].ToString() is "?1"
            || request.Headers.ContainsKey("Upload-Offset");
}
