using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Forms;

/// <summary>
/// Whether to make one file of all files of a form: <c>?bundle=zip</c>, or compressed with <c>&amp;compression=deflate</c>.
/// </summary>
/// <param name="IsWanted">Whether the client asks for it.</param>
/// <param name="IsCompressed">Whether to compress the files. Most files that people send are compressed already.</param>
internal readonly record struct BundleRequest(bool IsWanted, bool IsCompressed)
{
    public const string Rule = "bundle is zip; compression is stored or deflate.";

    /// <summary>The name of a bundle that nobody has named.</summary>
    public const string UsualName = "files.zip";

    public const string ContentType = "application/zip";

    public static bool TryRead(HttpRequest request, out BundleRequest asked)
    {
        var bundle = request.Query["bundle"].ToString();
        var compression = request.Query["compression"].ToString();
        asked = new BundleRequest(bundle == "zip", compression == "deflate");
        return bundle is "" or "zip" && compression is ("" or "stored" or "deflate");
    }
}
