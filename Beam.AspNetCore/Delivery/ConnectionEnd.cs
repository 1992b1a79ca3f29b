using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// Tells how a client ends its connection after a download. One that has read everything closes in order, after its system has acknowledged
/// everything; one that dies earlier leaves bytes unacknowledged, or unread, for which its system sends a reset (docs/delivery.md).
/// </summary>
/// <remarks>
/// It sees the connection below TLS and HTTP. It may read the input only while a handler runs whose request has no body and whose response
/// says <c>Connection: close</c>: the server reads nothing then, and nothing afterwards.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer holds nothing that disposing would free.")]
internal sealed class ConnectionEnd
{
    // How long a client that keeps its connection may take to give a sign that it has read what it got.
    private static readonly TimeSpan SignLimit = TimeSpan.FromMilliseconds(500);

    private readonly PipeReader _input;
    private readonly ObservedPipeWriter _output;
    private readonly Socket? _socket;
    private readonly CancellationTokenSource _closed = new();

    private ObservedPipeWriter _outermost;
    private bool _isWatched;
    private long _signsOfLife;
    private bool _isTold;
    private bool _isDone;
    private volatile bool _isToldHandedOver;
    private TcpInfo? _last;

    public ConnectionEnd(ConnectionContext connection)
    {
        ClientPort = (connection.RemoteEndPoint as IPEndPoint)?.Port;
        _input = connection.Transport.Input;
        _outermost = _output = new ObservedPipeWriter(connection.Transport.Output);
        _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        connection.Transport = new ObservedTransport(new ObservedPipeReader(_input, this), _output);

        // The server closes its socket as soon as it hears that the client has closed; what the system knows must be asked before.
        connection.ConnectionClosed.UnsafeRegister(static end => ((ConnectionEnd)end!).OnClosed(), this);
        connection.ConnectionClosed = _closed.Token;
    }

    /// <summary>Gets how many bytes the connection has been given to send.</summary>
    public long WrittenBytes => _output.Bytes;

    /// <summary>Gets the port that the connection comes from, whatever headers say; <see langword="null"/> when it has none.</summary>
    public int? ClientPort { get; }

    /// <summary>Gets what the server sends as HTTP/2, if it does.</summary>
    public Http2Output Http2 => _outermost.Http2;

    public bool IsWatched => Volatile.Read(ref _isWatched);

    /// <summary>Says that a download is about to be sent, of which the end will be asked for.</summary>
    /// <param name="isTold">Whether the client is a hop, whose orderly end means nothing without its word (<see cref="DeliveryPath.Done"/>).</param>
    public void Watch(bool isTold)
    {
        _isTold = isTold;
        Volatile.Write(ref _isWatched, true);
    }

    /// <summary>Remembers what the system knows while the socket is open.</summary>
    public void Sample()
    {
        if (IsWatched && TcpInfo.TryRead(_socket) is { } info)
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
    /// A number that changes while the client takes bytes that the system had accepted from us before, or says, being a hop, that its own client does.
    /// </summary>
    public long Progress() => (TcpInfo.TryRead(_socket)?.Progress ?? 0) + Volatile.Read(ref _signsOfLife);

    /// <summary>The same for one stream of the connection.</summary>
    public long Progress(SentStream stream) => TcpInfo.TryRead(_socket) is { } info ? stream.Progress(info) : 0;

    /// <summary>Waits until the client ends the connection, or until <paramref name="given"/> ends.</summary>
    /// <param name="given">Ends the wait.</param>
    /// <param name="onHandedOver">Called once when the client's system has acknowledged every byte, or when that cannot be known.</param>
    /// <param name="closesOurSide">Whether our side may be closed then, for clients that wait for it; TLS has its own way of closing.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns>What the end says of the bytes.</returns>
    public async Task<ConnectionEndKind> WaitAsync(Task given, Action onHandedOver, bool closesOurSide, TimeProvider timeProvider)
    {
        var end = ReadToEndAsync(given);
        if (!end.IsCompleted)
        {
            // Clients close by themselves at once. One that waits for our end of the connection instead gets it when everything has arrived.
            using var samples = new WideningTimer(timeProvider);
            var isHandedOver = false;
            while (await Task.WhenAny(end, given, samples.NextAsync()) is var first && first != end && first != given)
            {
                var info = TcpInfo.TryRead(_socket);
                if (!isHandedOver && (!_isTold || _isToldHandedOver) && (info is null || info.Value.AcknowledgedBytes >= _output.Bytes))
                {
                    isHandedOver = true;
                    onHandedOver();
                    if (closesOurSide && info is not null)
                    {
                        CloseOurSide();
                    }
                }
            }

            _input.CancelPendingRead();
        }

        return await end;
    }

    /// <summary>Says whether the client has sent something that was not read yet: a request that it did not wait with.</summary>
    public bool HasInput()
    {
        if (!_input.TryRead(out var read))
        {
            return false;
        }

        _input.AdvanceTo(read.Buffer.Start);
        return !read.Buffer.IsEmpty;
    }

    /// <summary>
    /// Waits until the client says that it has read everything, by its next request or by closing, or until it has said nothing for a while.
    /// The connection goes on: nothing of its input is consumed.
    /// </summary>
    /// <param name="given">Ends the wait.</param>
    /// <param name="onHandedOver">Called once when the client's system has acknowledged every byte, or when that cannot be known.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns>What the sign says of the bytes; <see cref="ConnectionEndKind.Unknown"/> when there was none.</returns>
    public async Task<ConnectionEndKind> WaitForSignAsync(Task given, Action onHandedOver, TimeProvider timeProvider)
    {
        try
        {
            var pending = _input.ReadAsync(CancellationToken.None).AsTask();
            await WaitForSignAsync(pending, given, onHandedOver, timeProvider);
            var isCancelled = !pending.IsCompleted;
            if (isCancelled)
            {
                _input.CancelPendingRead();
            }

            var read = await pending;
            _input.AdvanceTo(read.Buffer.Start);
            if (isCancelled && !read.IsCanceled)
            {
                // The sign came first: the cancellation must not meet the server's own read.
                _input.AdvanceTo((await _input.ReadAsync(CancellationToken.None)).Buffer.Start);
            }

            return read.IsCompleted ? KindOfOrderlyEnd()
                : !read.Buffer.IsEmpty ? ConnectionEndKind.ReadEverything
                : given.IsCompleted ? ConnectionEndKind.None
                : ConnectionEndKind.Unknown;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return ConnectionEndKind.Lost;
        }
    }

    /// <summary>Waits until the client's system has acknowledged everything up to a position, or until <paramref name="given"/> ends.</summary>
    /// <param name="position">A value that <see cref="WrittenBytes"/> had; <see langword="null"/> as long as there is none.</param>
    /// <param name="isLost">Whether there never will be one, given whether the connection has ended.</param>
    /// <param name="given">Ends the wait.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns><see langword="false"/> when it has not, and will not; <see langword="true"/> also where the system does not tell.</returns>
    public async Task<bool> WaitUntilAcknowledgedAsync(Func<long?> position, Func<bool, bool> isLost, Task given, TimeProvider timeProvider)
    {
        using var samples = new WideningTimer(timeProvider);
        while (!given.IsCompleted)
        {
            // The end is looked at first: what came before it is then known.
            var isClosed = _closed.IsCancellationRequested;
            if (isLost(isClosed))
            {
                return false;
            }

            if (position() is { } target)
            {
                if (!TcpInfo.IsKnownOf(_socket))
                {
                    return true;
                }

                var acknowledged = (TcpInfo.TryRead(_socket) ?? Last())?.AcknowledgedBytes ?? 0;
                if (acknowledged >= target || isClosed)
                {
                    return acknowledged >= target;
                }
            }

            await Task.WhenAny(given, samples.NextAsync());
        }

        return false;
    }

    private async Task WaitForSignAsync(Task sign, Task given, Action onHandedOver, TimeProvider timeProvider)
    {
        if (sign.IsCompleted)
        {
            return;
        }

        long? handedOverAt = null;
        using var samples = new WideningTimer(timeProvider);
        while (await Task.WhenAny(sign, given, samples.NextAsync()) is var first && first != sign && first != given)
        {
            if (handedOverAt is null && (TcpInfo.TryRead(_socket) is not { } info || info.AcknowledgedBytes >= _output.Bytes))
            {
                handedOverAt = timeProvider.GetTimestamp();
                onHandedOver();
            }

            if (handedOverAt is { } since && timeProvider.GetElapsedTime(since) >= SignLimit)
            {
                return;
            }
        }
    }

    private void OnClosed()
    {
        Sample();
        _closed.Cancel();
    }

    private TcpInfo? Last()
    {
        lock (_closed)
        {
            return _last;
        }
    }

    private void CloseOurSide()
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

    private async Task<ConnectionEndKind> ReadToEndAsync(Task given)
    {
        try
        {
            while (!given.IsCompleted)
            {
                var read = await _input.ReadAsync(CancellationToken.None);

                // What still comes is a hop's word, TLS saying goodbye, or a request that nobody will answer on a connection that closes.
                if (_isTold)
                {
                    Hear(read.Buffer);
                }

                _input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return KindOfOrderlyEnd();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return ConnectionEndKind.Lost;
        }

        return ConnectionEndKind.None;
    }

    private void Hear(ReadOnlySequence<byte> words)
    {
        Volatile.Write(ref _signsOfLife, _signsOfLife + words.Length);
        _isDone |= words.PositionOf(DeliveryPath.Done) is not null;
        _isToldHandedOver |= words.PositionOf(DeliveryPath.HandedOver) is not null;
    }

    /// <summary>
    /// A client that has nothing unread when it dies ends in order too: then it has read everything only if everything had arrived.
    /// </summary>
    private ConnectionEndKind KindOfOrderlyEnd()
    {
        if (_isTold && !_isDone)
        {
            return ConnectionEndKind.Lost;
        }

        if (!TcpInfo.IsKnownOf(_socket))
        {
            return ConnectionEndKind.Unknown;
        }

        return (TcpInfo.TryRead(_socket) ?? Last()) is { } info && info.AcknowledgedBytes >= _output.Bytes
            ? ConnectionEndKind.ReadEverything
            : ConnectionEndKind.Lost;
    }
}
