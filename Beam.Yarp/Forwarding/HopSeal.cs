using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.Yarp.Forwarding;

/// <summary>
/// What a node puts on a request that it passes on: the scheme that the client used, and a code over the scheme and the target. Only
/// holders of the secret can make the code. It is good for this target only, and shows nothing of the secret to its receiver.
/// </summary>
internal sealed class HopSeal(string secret)
{
    public const string Header = "Beam-Hop";

    private readonly byte[] _key = Encoding.UTF8.GetBytes(secret);

    public string Make(HttpRequest request, Uri address)
        => $"{request.Scheme} {Code(request.Scheme, request.Method, address.PathAndQuery)}";

    /// <summary>Reads the seal of a request.</summary>
    /// <returns>The scheme that the client used, or <see langword="null"/> when there is no seal, or none of ours.</returns>
    public string? Read(HttpContext context)
    {
        var value = context.Request.Headers[Header];
        if (value.Count != 1 || value[0]!.Split(' ') is not [("http" or "https") and var scheme, var code])
        {
            return null;
        }

        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var expected = Encoding.ASCII.GetBytes(Code(scheme, context.Request.Method, target));
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(code)) ? scheme : null;
    }

    private string Code(string scheme, string method, string target)
        => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{scheme} {method} {target}")));
}
