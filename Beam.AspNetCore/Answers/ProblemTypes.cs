namespace Beam.AspNetCore.Answers;

/// <summary>
/// The problem types that the draft on resumable uploads registers (draft-ietf-httpbis-resumable-upload, section 7), by the names of
/// Beam's errors.
/// </summary>
internal static class ProblemTypes
{
    public const string CompletedUpload = "upload_complete";

    private const string Registry = "https://iana.org/assignments/http-problem-types#";

    public static string? Find(string? code) => code switch
    {
        "wrong_offset" => Registry + "mismatching-upload-offset",
        "length_changed" => Registry + "inconsistent-upload-length",
        CompletedUpload => Registry + "completed-upload",
        _ => null,
    };
}
