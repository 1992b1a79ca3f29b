using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.Delivery;
using Beam.AspNetCore.Receiving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Forwarding;

/// <summary>
/// A download that this process fetches from a Beam node for its own client, so that the node's word to the sender stays true. The
/// connection to the node ends only when the client has taken everything, or has failed to, and its end says which. Without this class
/// the node must not say more than <c>sent</c>, because a gateway reads faster than its client.
/// </summary>
/// <remarks>
/// <para>
/// For one request: <see cref="TryBegin"/>, <see cref="SendAsync"/> once, write the response, <see cref="EndAsync"/>,
/// <see cref="Dispose"/>.
/// </para>
/// <para>A gateway that does without this class sets the header <see cref="HeaderName"/> to <see cref="SentOnly"/>.</para>
/// </remarks>
public sealed class ForwardedDownload : IDisposable
{
    /// <summary>The request header with which a hop tells a node what the end of its connection means.</summary>
    public const string HeaderName = DeliveryPath.Header;

    /// <summary>The value of <see cref="HeaderName"/> for a hop whose connection's end says nothing about its client.</summary>
    public const string SentOnly = "sent";

    // A node that has heard the last word closes at once. If it does not, this process closes first, which costs a port for a minute.
    private static readonly TimeSpan NodesTime = TimeSpan.FromSeconds(1);

    private readonly HttpContext _context;
    private readonly TimeProvider _timeProvider;

    // Ends when the client has taken nothing for twice the stall limit, so that the node's limit passes first: the node knows what to make
    // of it.
    private readonly ClientPatience _patience;

    private readonly TcpKernel _kernel;
    private readonly NodeConnections _connections;

    // Judges what the client has.
    private readonly DeliveryWatch _watch;

    // Ends what runs beside the response.
    private readonly CancellationTokenSource _ending = new();

    // Taken over from the caller.
    private SocketsHttpHandler? _handler;

    // The connection to the node, which stays open after the handler has closed it; null before.
    private NodeSocket? _node;

    // What the node has sent; null when the node does not wait for a word.
    private ForwardedContent? _content;

    // Whether the node may watch what this system has acknowledged: the answer is a file, and its end no word.
    private bool _isCounted;

    // What this process says to the node beside the file; null when it says nothing.
    private NodeLine? _line;
    private Task _lineEnded = Task.CompletedTask;

    private ForwardedDownload(HttpContext context, ClientConnection client)
    {
        _context = context;
        _watch = DeliveryWatch.Choose(context, client, isPassedOn: true);
        _kernel = context.RequestServices.GetRequiredService<TcpKernel>();
        _connections = context.RequestServices.GetRequiredService<NodeConnections>();
        _timeProvider = context.RequestServices.GetRequiredService<TimeProvider>();
        var stallTimeout = context.RequestServices.GetRequiredService<IOptions<BeamOptions>>().Value.StallTimeout;
        _patience = new ClientPatience(Progress, 2 * stallTimeout, _timeProvider);
    }

    /// <summary>
    /// Says whether a request may ask for a file, as far as it tells. Others, such as those for a page, a status or events, need no
    /// connection of their own to a node.
    /// </summary>
    /// <param name="request">The client's request.</param>
    /// <returns><see langword="true"/> when the answer may be a file, and may wait for its sender.</returns>
    public static bool IsWanted(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return HttpMethods.IsGet(request.Method) && LinkIntents.OfAnyPath(request) == LinkIntent.Download;
    }

    /// <summary>Begins, if the client's connection will tell what the client has read, or at least what its system has taken.</summary>
    /// <param name="context">The client's request.</param>
    /// <returns>
    /// <see langword="null"/> when the request asks for no file (<see cref="IsWanted"/>), or the connection will not tell: the server is
    /// not Kestrel with <c>AddBeam()</c>, or the system does not say what a client's system has acknowledged.
    /// </returns>
    public static ForwardedDownload? TryBegin(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return IsWanted(context.Request) && context.Features.Get<ClientConnection>() is { IsAcknowledgementKnown: true } client
            ? new ForwardedDownload(context, client)
            : null;
    }

    /// <summary>Sends the request to the node over a connection of its own.</summary>
    /// <param name="handler">
    /// Settings for the connection. It must be new; this method takes it over and sets its <c>ConnectCallback</c>.
    /// </param>
    /// <param name="request">An HTTP/1.1 request to the node.</param>
    /// <param name="cancellationToken">Ends the wait for the response's head.</param>
    /// <returns>The response. Write its body to the client's response as it comes.</returns>
    /// <exception cref="HttpRequestException">
    /// The node cannot be reached, or does not answer as it should. Or this process lacks what a connection takes
    /// (<see cref="NodeConnections.IsLacking"/>).
    /// </exception>
    public async Task<HttpResponseMessage> SendAsync(
        SocketsHttpHandler handler,
        HttpRequestMessage request,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(request);
        _handler = handler;
        _node = await ConnectAsync(request.RequestUri!, handler.ConnectTimeout, cancellationToken);
        var socket = _node.Socket;
        request.Headers.Remove(HeaderName);
        request.Headers.Add(HeaderName, DeliveryPath.Mark(((IPEndPoint)socket.LocalEndPoint!).Port, _watch.Meaning));

        // HttpClient's code believes that it closes the connection when it has read the last byte. EndAsync really closes it.
        handler.ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new HeldStream(socket));
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        var response = await invoker.SendAsync(request, cancellationToken);

        // A node that watches the end of the connection says so. It sends all other answers without waiting for us.
        if (response.IsSuccessStatusCode && response.Headers.ConnectionClose == true)
        {
            Watch(response);
            _line = request.RequestUri!.Scheme == Uri.UriSchemeHttp ? new NodeLine(socket, _kernel, Progress, _timeProvider) : null;
            _lineEnded = _line is null ? Task.CompletedTask : WatchNodeAsync(_line);
        }
        else
        {
            _isCounted = response.IsSuccessStatusCode && response.Content.Headers.NonValidated.Contains("Content-Disposition");
        }

        return response;
    }

    /// <summary>
    /// Waits, if the node waits, until it is known whether the client has read everything. The way in which the connection then ends tells
    /// the node. Call it when the response has been written and completed, or has failed.
    /// </summary>
    /// <returns>A task that ends when the node knows. It does not fail.</returns>
    public async Task EndAsync()
    {
        var hasEndedWell = await HasEndedWellAsync();
        await _ending.CancelAsync();
        await _lineEnded;
        if (!hasEndedWell || (_content is null && !_isCounted))
        {
            // A failure, or an answer of which the node watches nothing: it was read in full, or nobody reads it any more.
            _node?.Reset();
        }
        else
        {
            _node?.CloseInOrder(_line is not null && await SayDoneAsync(_line, _node.Socket));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ending.Cancel();
        _node?.Reset();
        _handler?.Dispose();
        _ending.Dispose();
    }

    private async Task<bool> HasEndedWellAsync()
    {
        if (_content is null)
        {
            // The node does not wait for a word.
            return true;
        }

        // Over HTTP/1.0 there is nothing after the body, whether its length is known or not.
        var endsWithBody = _content.Headers.ContentLength is not null || HttpProtocol.IsHttp10(_context.Request.Protocol);
        return _content.IsComplete && _watch.Body.HasEnd(endsWithBody) && await HasClientTakenAllAsync();
    }

    private async Task<NodeSocket> ConnectAsync(Uri address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _connections.OpenAsync(new DnsEndPoint(address.IdnHost, address.Port), either.Token);
        }
        catch (Exception exception) when (exception is SocketException or NoConnectionLeftException)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The node cannot be reached.", exception);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The node does not answer.", exception);
        }
    }

    private void Watch(HttpResponseMessage response)
    {
        _content = new ForwardedContent(response.Content, WaitForBodyAsync);
        response.Content = _content;
        var body = _context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _watch.Observe(body.Writer);
        _context.Features.Set<IHttpResponseBodyFeature>(new ObservedResponseBody(body, _watch.Body));
    }

    private async Task WaitForBodyAsync()
    {
        if (_watch.EndWaitsForRoom
            && _watch.Body.WrittenBytes > 0
            && !await _patience.WaitAsync(stalled => _watch.HasBodyAsync(Sent(), stalled, _timeProvider)))
        {
            // The end would wait for room in the client's window.
            _context.Abort();
        }
    }

    /// <summary>
    /// Breaks the client's connection off when the node has given up. Until then, a client that takes nothing keeps its response from
    /// ending, and cannot learn of the failure.
    /// </summary>
    private async Task WatchNodeAsync(NodeLine line)
    {
        if (await line.RunAsync(_ending.Token))
        {
            _context.Abort();
        }
    }

    private long Progress() => _watch.Progress?.Invoke() ?? 0;

    private async Task<bool> HasClientTakenAllAsync()
        => await _patience.WaitAsync(stalled => _watch.JudgeAsync(Sent(), stalled, SayHandedOver, _timeProvider))
            is DeliveryVerdict.ReadEverything or DeliveryVerdict.HandedOver;

    /// <summary>What was sent. A client that knows the length needs nothing after the body, so that does not count then.</summary>
    private SentBody Sent()
        => _content!.Headers.ContentLength is not null
            ? new SentBody(_watch.Body.WrittenBytes, IsLengthKnown: true, _watch.Body.ConnectionBytes)
            : new SentBody(_watch.Body.WrittenBytes, IsLengthKnown: false);

    private void SayHandedOver() => _ = _line?.SayAsync(DeliveryPath.HandedOver);

    /// <summary>Says the last word, and lets the node close first: then this system keeps no port.</summary>
    /// <returns><see langword="true"/> when the node has closed.</returns>
    private async Task<bool> SayDoneAsync(NodeLine line, Socket node)
    {
        await line.SayAsync(DeliveryPath.Done);
        using var limit = new CancellationTokenSource(NodesTime, _timeProvider);
        try
        {
            return await node.ReceiveAsync(new byte[1], limit.Token) == 0;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            return exception is SocketException;
        }
    }
}
