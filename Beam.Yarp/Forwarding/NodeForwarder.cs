using Beam.AspNetCore.Forwarding;
using Beam.Tokens;
using Beam.Yarp.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Beam.Yarp.Forwarding;

/// <summary>
/// Passes a request whose token belongs to another node on to that node. It does so once, so that two nodes that point at each other do
/// not play ball.
/// </summary>
internal sealed class NodeForwarder : INodeForwarder, IDisposable
{
    private readonly IHttpForwarder _forwarder;
    private readonly NodeAddresses _addresses;
    private readonly HopSeal _seal;
    private readonly HopTransformer _transformer;
    private readonly HttpMessageInvoker _client;
    private readonly ForwarderRequestConfig _request;
    private readonly string? _own;

    public NodeForwarder(IHttpForwarder forwarder, IOptions<NodeForwardingOptions> options, IOptions<BeamOptions> beam)
    {
        _forwarder = forwarder;
        _addresses = new NodeAddresses(options.Value);
        _seal = new HopSeal(options.Value.Secret);
        _transformer = new HopTransformer(_seal);
        _own = beam.Value.NodeId;
        _request = new ForwarderRequestConfig
        {
            ActivityTimeout = NodeConfigFilter.ActivityTimeout(beam.Value),
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var connectTimeout = options.Value.ConnectTimeout;
        var shared = new HttpMessageInvoker(NodeHttpClientFactory.SingleUse(connectTimeout));
        _client = new NodeHttpClient(shared, () => NodeHttpClientFactory.SingleUse(connectTimeout));
    }

    public async ValueTask<bool> TryForwardAsync(HttpContext context, string token)
    {
        var sealedScheme = _seal.Read(context);
        if (sealedScheme is not null)
        {
            // For the links that this node prints: the client spoke to another node.
            context.Request.Scheme = sealedScheme;
        }

        if (!NodeToken.TryGetNodeId(token, out var id) || id.SequenceEqual(_own))
        {
            return false;
        }

        if (sealedScheme is not null)
        {
            await ForwardedRequest.RefuseAsync(
                context,
                StatusCodes.Status508LoopDetected,
                "Another node has passed this on to a node that it does not belong to: the addresses of the nodes are wrong.",
                "wrong_node");
            return true;
        }

        if (_addresses.Find(id.ToString()) is not { } address)
        {
            return false;
        }

        await ForwardAsync(context, address);
        return true;
    }

    public void Dispose()
    {
        _client.Dispose();
        ((NodeHttpClient)_client).Shared.Dispose();
    }

    private async Task ForwardAsync(HttpContext context, string address)
    {
        await _forwarder.SendAsync(context, address, _client, _request, _transformer);
        if (context.GetForwarderErrorFeature() is { } error)
        {
            await NodeFailure.AnswerAsync(context, error);
        }
    }
}
