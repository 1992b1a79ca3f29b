using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// What is known of a client's connection, seen from below TLS and HTTP: what it was given, what the client's system has acknowledged,
/// and whether it has ended. What waits for one of these asks here: <see cref="EndWaiter"/>, <see cref="SignWaiter"/>,
/// <see cref="AcknowledgementWaiter"/>.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer holds nothing that disposing would free.")]
internal sealed class ClientConnection
{
    // What the transport writes to the socket, encrypted or not.
    private readonly ObservedPipeWriter _output;

    // Asked for what the kernel knows; null when the transport does not show its socket.
    private readonly Socket? _socket;

    // Told instead of the transport's own token, after a last sample. Locks _last, too.
    private readonly CancellationTokenSource _closed = new();

    // What the server writes, above what a connection middleware puts between; _output when none does.
    private ObservedPipeWriter _outermost;

    // Whether a download is on its way, so that samples are worth their price.
    private bool _isWatched;

    // What the client says, being a hop; null when it is none, or cannot say it.
    private HopWords? _hop;

    // What the kernel knew at the last sample: the server closes its socket as soon as it hears of the end.
    private TcpInfo? _last;

    public ClientConnection(ConnectionContext connection)
    {
        ClientPort = (connection.RemoteEndPoint as IPEndPoint)?.Port;
        Input = connection.Transport.Input;
        _outermost = _output = new ObservedPipeWriter(connection.Transport.Output);
        _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        connection.Transport = new ObservedTransport(new ObservedPipeReader(Input, this), _output);

        // The server closes its socket as soon as it hears that the client has closed; what the system knows must be asked before.
        connection.ConnectionClosed.UnsafeRegister(static closed => ((ClientConnection)closed!).OnClosed(), this);
        connection.ConnectionClosed = _closed.Token;
    }

    /// <summary>Gets what the client sends, below TLS.</summary>
    /// <remarks>
    /// It may be read only while a handler runs whose request has no body: the server reads nothing then. What is consumed is lost to the
    /// server, so that is for a response that says <c>Connection: close</c>, after which it reads nothing either.
    /// </remarks>
    public PipeReader Input { get; }

    /// <summary>Gets how many bytes the connection has been given to send.</summary>
    public long WrittenBytes => _output.Bytes;

    /// <summary>Gets the port that the connection comes from, whatever headers say; <see langword="null"/> when it has none.</summary>
    public int? ClientPort { get; }

    /// <summary>Gets what the server sends as HTTP/2, if it does.</summary>
    public Http2Output Http2 => _outermost.Http2;

    /// <summary>
    /// Gets what the client says, being a hop that tells how its own client does; <see langword="null"/> when it does not.
    /// </summary>
    public HopWords? Hop => _hop;

    public bool IsWatched => Volatile.Read(ref _isWatched);

    /// <summary>Gets a value indicating whether the connection has ended. What came before its end is then known.</summary>
    public bool IsClosed => _closed.IsCancellationRequested;

    /// <summary>Gets a value indicating whether the system tells what the client's system has acknowledged.</summary>
    public bool IsAcknowledgementKnown => TcpInfo.IsKnownOf(_socket);

    /// <summary>Says that a download is about to be sent, of which the end will be asked for.</summary>
    /// <param name="isTold">
    /// Whether the client is a hop, whose orderly end means nothing without its word (<see cref="DeliveryPath.Done"/>).
    /// </param>
    public void Watch(bool isTold)
    {
        _hop = isTold ? new HopWords() : null;
        Volatile.Write(ref _isWatched, true);
    }

    /// <summary>Remembers what the system knows while the socket is open.</summary>
    public void Sample()
    {
        if (IsWatched && TryReadInfo() is { } info)
        {
            lock (_closed)
            {
                _last = info;
            }
        }
    }

    /// <summary>Follows what is written to a transport that a middleware has put above the one below.</summary>
    public ObservedTransport Observe(IDuplexPipe transport)
    {
        _outermost = new ObservedPipeWriter(transport.Output, _output);
        return new ObservedTransport(transport.Input, _outermost);
    }

    /// <summary>
    /// A number that changes while the client takes bytes that the system had accepted from us before, or says, being a hop, that its own
    /// client does.
    /// </summary>
    public long Progress() => (TryReadInfo()?.Progress ?? 0) + (_hop?.Count ?? 0);

    /// <summary>The same for one stream of the connection.</summary>
    public long Progress(SentStream stream) => TryReadInfo() is { } info ? stream.Progress(info) : 0;

    /// <summary>Asks the system; <see langword="null"/> when it does not tell, or not any more.</summary>
    public TcpInfo? TryReadInfo() => TcpInfo.TryRead(_socket);

    /// <summary>Asks the system, or else the last sample.</summary>
    public TcpInfo? TryReadLastInfo()
    {
        if (TryReadInfo() is { } info)
        {
            return info;
        }

        lock (_closed)
        {
            return _last;
        }
    }

    /// <summary>Says whether the client's system has acknowledged every byte, or whether that cannot be known.</summary>
    /// <param name="info">What <see cref="TryReadInfo"/> gave.</param>
    public bool HasTakenAll(TcpInfo? info) => info is null || info.Value.AcknowledgedBytes >= WrittenBytes;

    /// <summary>Says whether the client has sent something that was not read yet: a request that it did not wait with.</summary>
    public bool HasInput()
    {
        if (!Input.TryRead(out var read))
        {
            return false;
        }

        Input.AdvanceTo(read.Buffer.Start);
        return !read.Buffer.IsEmpty;
    }

    /// <summary>Ends our sending direction and leaves the client's open.</summary>
    public void CloseOurSide()
    {
        try
        {
            _socket?.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client was faster.
        }
    }

    /// <summary>
    /// Says what it means that the client has ended the connection in order. One that has nothing unread when it dies does so too: then
    /// it has read everything only if everything had arrived.
    /// </summary>
    public DeliveryVerdict JudgeOrderlyEnd()
    {
        if (_hop is { IsDone: false })
        {
            return DeliveryVerdict.Lost;
        }

        if (!IsAcknowledgementKnown)
        {
            return DeliveryVerdict.Unknown;
        }

        return TryReadLastInfo() is { } info && info.AcknowledgedBytes >= WrittenBytes
            ? DeliveryVerdict.ReadEverything
            : DeliveryVerdict.Lost;
    }

    private void OnClosed()
    {
        Sample();
        _closed.Cancel();
    }
}
