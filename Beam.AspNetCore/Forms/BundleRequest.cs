using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Forms;

/// <summary>Whether the files of a form are to become one: <c>?bundle=zip</c>, with <c>&amp;compression=deflate</c> compressed.</summary>
/// <param name="IsWanted">Whether they are.</param>
/// <param name="IsCompressed">Whether to compress them. What people send is usually compressed already.</param>
internal readonly record struct BundleRequest(bool IsWanted, bool IsCompressed)
{
    public const string Rule = "A bundle is asked for with bundle=zip, and compression=stored or compression=deflate.";

    /// <summary>How a bundle is called that nobody has named.</summary>
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
