using Beam.Yarp.Nodes;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Beam.Yarp.Forwarding;

/// <summary>Prepares a request for another node: the same target and host, sealed.</summary>
internal sealed class HopTransformer(HopSeal seal) : HttpTransformer
{
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
        proxyRequest.Headers.Host = request.Headers.Host.ToString();
        proxyRequest.Headers.Remove(HopSeal.Header);
        proxyRequest.Headers.Add(HopSeal.Header, seal.Make(request, proxyRequest.RequestUri));
        NodeDelivery.Prepare(httpContext, proxyRequest);
    }
}
