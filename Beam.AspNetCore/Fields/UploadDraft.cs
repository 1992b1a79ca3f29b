using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Fields;

/// <summary>
/// Which version of the draft on resumable uploads (draft-ietf-httpbis-resumable-upload) a request speaks. Everything that differs between
/// the versions is here, and will go with them.
/// </summary>
/// <param name="IsKnown">Whether Beam knows the version. No version at all means the text that will become the RFC.</param>
/// <param name="MarksPieces">Whether an appended piece has a media type of its own.</param>
internal readonly record struct UploadDraft(bool IsKnown, bool MarksPieces)
{
    /// <summary>The type of a body that is a piece of a file.</summary>
    public const string MediaType = "application/partial-upload";

    private const string VersionHeader = "Upload-Draft-Interop-Version";

    public static UploadDraft Of(HttpRequest request) => request.Headers[VersionHeader].ToString() switch
    {
        // Draft -03, as tus-js-client and others speak it.
        "5" => new(IsKnown: true, MarksPieces: false),

        // Drafts -05 and later. They differ in the interim responses, which Beam does not send.
        "" or "6" or "7" or "8" => new(IsKnown: true, MarksPieces: true),
        _ => default,
    };

    /// <summary>
    /// Says whether a request of an unknown version wants more than an ordinary upload. The draft lets such a request fall back to an
    /// ordinary upload. Up to interop version 3 the field had the opposite sense.
    /// </summary>
    public static bool IsPiece(HttpRequest request)
        => request.Headers["Upload-Complete"].ToString() is "?0"
            || request.Headers["Upload-Incomplete"].ToString() is "?1"
            || request.Headers.ContainsKey("Upload-Offset");
}
