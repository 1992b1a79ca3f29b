using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// What the kernel of this machine tells of TCP connections. That is an ability and no platform: a sandbox with a network stack of its
/// own calls itself Linux, and answers with zeros or with nothing. So Beam tries it out, once for each server.
/// </summary>
internal sealed partial class TcpKernel(ITcpInfoOption option, TimeProvider timeProvider, ILogger<TcpKernel> logger)
{
    private const int TrialBytes = 1000;

    private static readonly TimeSpan TrialLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task? _trial;
    private volatile bool _countsAcknowledged;

    /// <summary>
    /// Gets a value indicating whether the kernel counts what peers have acknowledged. As long as that is not known, it does not.
    /// </summary>
    public bool CountsAcknowledged => _countsAcknowledged;

    /// <summary>Tries out what the kernel tells, unless that was done before.</summary>
    public Task TryOutAsync()
    {
        lock (_lock)
        {
            return _trial ??= TryOutOnceAsync();
        }
    }

    /// <summary>Says whether the kernel tells what was acknowledged on such a socket: then no answer means that it has ended.</summary>
    public bool CountsFor(Socket? socket)
        => _countsAcknowledged && socket?.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;

    /// <summary>Asks for a connection; <see langword="null"/> when the kernel does not tell, or no longer does.</summary>
    public TcpInfo? TryRead(Socket? socket)
    {
        if (socket?.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
        {
            return null;
        }

        Span<byte> info = stackalloc byte[TcpInfo.Size];
        try
        {
            var known = TcpInfo.Parse(info[..option.Read(socket, info)]);
            if (known.AcknowledgedBytes > 0)
            {
                // A kernel that cannot count would not say so.
                _countsAcknowledged = true;
            }

            return _countsAcknowledged ? known : known with { AcknowledgedBytes = null };
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection has just ended.
            return null;
        }
    }

    /// <summary>
    /// Says whether the connection was reset, as far as the kernel tells. It was not when the peer has only stopped sending.
    /// </summary>
    /// <exception cref="ObjectDisposedException">Somebody has closed the socket.</exception>
    public bool HasEnded(Socket socket)
    {
        Span<byte> state = stackalloc byte[1];
        try
        {
            return TcpInfo.IsEnded(state[..option.Read(socket, state)]);
        }
        catch (SocketException)
        {
            // The kernel does not tell. The next write will.
            return false;
        }
    }

    private async Task TryOutOnceAsync()
    {
        _countsAcknowledged |= await CountsOnAsync(IPAddress.Loopback) || await CountsOnAsync(IPAddress.IPv6Loopback);
        if (!_countsAcknowledged && OperatingSystem.IsLinux())
        {
            Log.AcknowledgementsUnknown(logger);
        }
    }

    /// <summary>Sends some bytes to itself, and looks whether the kernel counts them when they have been read.</summary>
    private async Task<bool> CountsOnAsync(IPAddress address)
    {
        using var limit = new CancellationTokenSource(TrialLimit, timeProvider);
        try
        {
            using var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(address, 0));
            listener.Listen(1);
            using var reader = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await reader.ConnectAsync(listener.LocalEndPoint!, limit.Token);
            using var writer = await listener.AcceptAsync(limit.Token);
            await writer.SendAsync(new byte[TrialBytes], limit.Token);
            for (var (read, buffer) = (0, new byte[TrialBytes]); read < TrialBytes;)
            {
                var count = await reader.ReceiveAsync(buffer, limit.Token);
                if (count == 0)
                {
                    return false;
                }

                read += count;
            }

            // The packet with the answer carries the acknowledgement.
            await reader.SendAsync(new byte[1], limit.Token);
            return await writer.ReceiveAsync(new byte[1], limit.Token) == 1 && Counts(writer);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Nobody may listen there, or nobody gets through.
            return false;
        }
    }

    private bool Counts(Socket socket)
    {
        Span<byte> info = stackalloc byte[TcpInfo.Size];
        return TcpInfo.Parse(info[..option.Read(socket, info)]).AcknowledgedBytes == TrialBytes;
    }

    // Beam.AspNetCore has the event ids 2000 to 2999; they are listed in docs/operations.md.
    private static partial class Log
    {
        [LoggerMessage(
            2005,
            LogLevel.Information,
            "The kernel does not say what the systems of clients have acknowledged: the best word for a sender is 'sent'.",
            EventName = "AcknowledgementsUnknown")]
        public static partial void AcknowledgementsUnknown(ILogger logger);
    }
}
