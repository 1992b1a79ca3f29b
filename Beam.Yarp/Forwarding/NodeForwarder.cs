using Beam.AspNetCore.Answers;
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
    private readonly NodeLookups _lookups;
    private readonly HopSeal _seal;
    private readonly HopTransformer _transformer;
    private readonly HttpMessageInvoker _shared;
    private readonly HttpMessageInvoker _reading;
    private readonly HttpMessageInvoker _client;
    private readonly ForwarderRequestConfig _request;
    private readonly string? _own;

    public NodeForwarder(
        IHttpForwarder forwarder,
        NodeConnections connections,
        IOptions<NodeForwardingOptions> options,
        IOptions<BeamOptions> beam,
        TimeProvider timeProvider)
    {
        _forwarder = forwarder;
        _addresses = new NodeAddresses(options.Value);
        _lookups = new NodeLookups(
            (node, cancellationToken) => connections.ConnectAsync(node, isForReading: true, cancellationToken),
            options.Value.ConnectTimeout,
            timeProvider);
        _seal = new HopSeal(options.Value.Secret);
        _transformer = new HopTransformer(_seal);
        _own = beam.Value.NodeId;
        _request = new ForwarderRequestConfig
        {
            ActivityTimeout = NodeConfigFilter.ActivityTimeout(beam.Value),
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        SocketsHttpHandler CreateHandler(bool isForReading)
            => NodeHttpClientFactory.CreateHandler(connections, options.Value.ConnectTimeout, isForReading);

        _shared = new HttpMessageInvoker(CreateHandler(isForReading: false));
        _reading = new HttpMessageInvoker(CreateHandler(isForReading: true));
        _client = new NodeHttpClient(_shared, _reading, () => CreateHandler(isForReading: false));
    }

    public async ValueTask<bool> TryForwardAsync(HttpContext context, string token)
    {
        var client = _seal.Read(context);
        if (client is not null)
        {
            // For the links that this node prints, and for what it counts by address: the client spoke to another node.
            context.Request.Scheme = client.Scheme;
            context.Connection.RemoteIpAddress = client.Address;
        }

        if (!NodeToken.TryGetNodeId(token, out var id) || id.SequenceEqual(_own))
        {
            return false;
        }

        if (client is not null)
        {
            await ForwardedRequest.RefuseAsync(context, NodeError.WrongNode);
            return true;
        }

        var node = id.ToString();
        if (_addresses.FindListed(node) is { } listed)
        {
            await ForwardAsync(context, listed);
            return true;
        }

        if (_addresses.FindByTemplate(node) is not { } address)
        {
            return false;
        }

        var error = await _lookups.FindAsync(node, new Uri(address), context.RequestAborted);
        await (error is null ? ForwardAsync(context, address) : ForwardedRequest.RefuseAsync(context, error.Value));
        return true;
    }

    public void Dispose()
    {
        _client.Dispose();
        _shared.Dispose();
        _reading.Dispose();
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
