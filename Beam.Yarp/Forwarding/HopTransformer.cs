using Beam.Yarp.Nodes;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Beam.Yarp.Forwarding;

/// <summary>Prepares a request for another node: the same target and host, sealed.</summary>
internal sealed class HopTransformer(HopSeal seal) : HttpTransformer
{
    // What only a proxy may say. A client's own words must not reach a node that takes this one for a proxy.
    private static readonly string[] WordsOfProxies
        = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Real-IP"];

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var request = httpContext.Request;
        proxyRequest.RequestUri = RawTarget.Address(httpContext, destinationPrefix)
            ?? RequestUtilities.MakeDestinationAddress(destinationPrefix, request.PathBase + request.Path, request.QueryString);

        // As it came: the base class would decode an international name, and no header may have its letters.
        var headers = proxyRequest.Headers;
        headers.Host = request.Headers.Host.ToString();
        Array.ForEach(WordsOfProxies, word => headers.Remove(word));
        if (httpContext.Connection.RemoteIpAddress is { } address)
        {
            headers.Add("X-Forwarded-For", address.ToString());
        }

        headers.Add("X-Forwarded-Proto", request.IsHttps ? Uri.UriSchemeHttps : Uri.UriSchemeHttp);
        headers.Remove(HopSeal.Header);
        headers.Add(HopSeal.Header, seal.Make(httpContext, proxyRequest.RequestUri));
        NodeDelivery.Prepare(httpContext, proxyRequest);
    }
}
