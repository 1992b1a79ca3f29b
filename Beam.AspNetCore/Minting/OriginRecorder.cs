using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Minting;

/// <summary>Makes the application's notes of a request that opens a channel.</summary>
internal sealed class OriginRecorder(Func<HttpContext, IReadOnlyDictionary<string, string>?>? describe)
{
    public IReadOnlyDictionary<string, string>? Describe(HttpContext context) => describe?.Invoke(context);
}
