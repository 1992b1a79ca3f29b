using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// What is known of a client's connection, seen from below TLS and HTTP: what the server gave to it, what the client's system has
/// acknowledged, and whether it has ended. The waiters ask here: <see cref="EndWaiter"/>, <see cref="SignWaiter"/>,
/// <see cref="AcknowledgementWaiter"/>.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer holds nothing that disposing would free.")]
internal sealed class ClientConnection
{
    // What the transport writes to the socket, encrypted or not.
    private readonly ObservedPipeWriter _output;

    // Tells what the kernel knows; null when the transport does not show its socket.
    private readonly Socket? _socket;

    private readonly TcpKernel _kernel;

    // Replaces the transport's own token, so that there is a last sample before the server hears of the end. Also the lock of _last.
    private readonly CancellationTokenSource _closed = new();

    // What the server writes, above any connection middleware; _output when there is none.
    private ObservedPipeWriter _outermost;

    // Whether a download is on its way: only then are samples worth their price.
    private bool _isWatched;

    // What the client says as a hop; null when it is no hop, or cannot say it.
    private HopWords? _hop;

    // What the kernel knew at the last sample: the server closes its socket as soon as it hears of the end.
    private TcpInfo? _last;

    public ClientConnection(ConnectionContext connection, TcpKernel kernel)
    {
        _kernel = kernel;
        ClientPort = (connection.RemoteEndPoint as IPEndPoint)?.Port;
        Input = connection.Transport.Input;
        _outermost = _output = new ObservedPipeWriter(connection.Transport.Output);
        _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        connection.Transport = new ObservedTransport(new ObservedPipeReader(Input, this), _output);

        // The server closes its socket as soon as it hears that the client has closed, so the last sample must come before.
        connection.ConnectionClosed.UnsafeRegister(static closed => ((ClientConnection)closed!).OnClosed(), this);
        connection.ConnectionClosed = _closed.Token;
    }

    /// <summary>Gets what the client sends, below TLS.</summary>
    /// <remarks>
    /// Read it only while a handler runs whose request has no body: the server reads nothing then. The server does not get what a reader
    /// consumes here. So consume only with a response that says <c>Connection: close</c>, after which the server reads nothing either.
    /// </remarks>
    public PipeReader Input { get; }

    /// <summary>Gets how many bytes the server has given to the connection.</summary>
    public long WrittenBytes => _output.Bytes;

    /// <summary>Gets the port that the connection comes from, whatever headers say; <see langword="null"/> when it has none.</summary>
    public int? ClientPort { get; }

    /// <summary>Gets what the server sends as HTTP/2, if it does.</summary>
    public Http2Output Http2 => _outermost.Http2;

    /// <summary>
    /// Gets what the client says, as a hop that reports on its own client; <see langword="null"/> when it does not report.
    /// </summary>
    public HopWords? Hop => _hop;

    public bool IsWatched => Volatile.Read(ref _isWatched);

    /// <summary>Gets a value indicating whether the connection has ended. Everything that came before its end is then known.</summary>
    public bool IsClosed => _closed.IsCancellationRequested;

    /// <summary>Gets a value indicating whether the system tells what the client's system has acknowledged.</summary>
    public bool IsAcknowledgementKnown => _kernel.CountsFor(_socket);

    /// <summary>Announces a download whose end somebody will ask for.</summary>
    /// <param name="isTold">
    /// Whether the client is a hop that reports: its orderly end means nothing without its word (<see cref="DeliveryPath.Done"/>).
    /// </param>
    public void Watch(bool isTold)
    {
        _hop = isTold ? new HopWords() : null;
        Volatile.Write(ref _isWatched, true);
    }

    /// <summary>Remembers what the system knows while the socket is open.</summary>
    public void Sample()
    {
        if (IsWatched && TryReadInfo() is { AcknowledgedBytes: not null } info)
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
    /// A number that changes while the client takes bytes that our system holds for it. It also changes while the client, as a hop, says
    /// that its own client takes bytes.
    /// </summary>
    public long Progress() => (TryReadInfo()?.Progress ?? 0) + (_hop?.Count ?? 0);

    /// <summary>A number that changes while the client takes bytes of one stream of the connection.</summary>
    public long Progress(SentStream stream) => TryReadInfo() is { } info ? stream.Progress(info) : 0;

    /// <summary>Asks the system; <see langword="null"/> when it does not tell, or no longer does.</summary>
    public TcpInfo? TryReadInfo() => _kernel.TryRead(_socket);

    /// <summary>Asks the system; when it does not tell, returns the last sample.</summary>
    public TcpInfo? TryReadLastInfo()
    {
        var info = TryReadInfo();
        if (info is { AcknowledgedBytes: not null })
        {
            return info;
        }

        lock (_closed)
        {
            return _last ?? info;
        }
    }

    /// <summary>Says whether the client's system has acknowledged every byte, or whether that cannot be known.</summary>
    /// <param name="info">What <see cref="TryReadInfo"/> gave.</param>
    public bool HasTakenAll(TcpInfo? info) => info?.AcknowledgedBytes is not { } acknowledged || acknowledged >= WrittenBytes;

    /// <summary>Says whether the client has sent something that nobody has read yet: its next request, sent early.</summary>
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
        // Once our side has ended, some kernels no longer tell how much was acknowledged before.
        Sample();
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
    /// Says what it means that the client has ended the connection in order. A client that dies with nothing unread does so too. So an
    /// orderly end means that it has read everything only if everything had arrived.
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

        return TryReadLastInfo() switch
        {
            null => DeliveryVerdict.Lost,
            { AcknowledgedBytes: null } => DeliveryVerdict.Unknown,
            { AcknowledgedBytes: var acknowledged } => acknowledged >= WrittenBytes ? DeliveryVerdict.ReadEverything : DeliveryVerdict.Lost,
        };
    }

    private void OnClosed()
    {
        Sample();
        _closed.Cancel();
    }
}
