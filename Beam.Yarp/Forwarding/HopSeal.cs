using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.Yarp.Forwarding;

/// <summary>
/// What a node puts on a request that it passes on: the scheme that the client used, the client's address, and a code over both and the
/// target. Only holders of the secret can make the code. It is good for this target only, and shows nothing of the secret to its receiver.
/// </summary>
internal sealed class HopSeal(string secret)
{
    public const string Header = "Beam-Hop";

    // In the place of an address when the client has none, as over a Unix domain socket.
    private const string NoAddress = "-";

    private readonly byte[] _key = Encoding.UTF8.GetBytes(secret);

    public string Make(HttpContext context, Uri target)
    {
        var request = context.Request;
        var scheme = request.IsHttps ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        var address = context.Connection.RemoteIpAddress?.ToString() ?? NoAddress;
        return $"{scheme} {address} {Code(scheme, address, request.Method, target.PathAndQuery)}";
    }

    /// <summary>Reads the seal of a request.</summary>
    /// <returns>What it says of the client, or <see langword="null"/> when there is no seal, or none of ours.</returns>
    public HopClient? Read(HttpContext context)
    {
        var value = context.Request.Headers[Header];
        if (value.Count != 1 || value[0]!.Split(' ') is not [("http" or "https") and var scheme, var address, var code])
        {
            return null;
        }

        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var expected = Encoding.ASCII.GetBytes(Code(scheme, address, context.Request.Method, target));
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(code))
            ? new HopClient(scheme, IPAddress.TryParse(address, out var known) ? known : null)
            : null;
    }

    private string Code(string scheme, string address, string method, string target)
        => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{scheme} {address} {method} {target}")));
}
