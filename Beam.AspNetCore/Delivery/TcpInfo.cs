using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Beam.AspNetCore.Delivery;

/// <summary>What the kernel knows of a TCP connection (Linux, <c>struct tcp_info</c> in linux/tcp.h).</summary>
/// <param name="AcknowledgedBytes">How many payload bytes the peer's system has acknowledged.</param>
/// <param name="WindowBytes">How many more bytes it has room for. The number grows as the peer's program reads.</param>
internal readonly record struct TcpInfo(long AcknowledgedBytes, long WindowBytes)
{
    private const int TcpLevel = 6;
    private const int TcpInfoOption = 11;
    private const int BytesAckedOffset = 120;
    private const int BytesSentOffset = 200;
    private const int BytesRetransmittedOffset = 208;
    private const int SendWindowOffset = 228;
    private const int Size = 232;
    private const byte EstablishedState = 1;
    private const byte ClosedState = 7;
    private const byte CloseWaitState = 8;

    /// <summary>Gets a number that changes whenever the peer acknowledges bytes or reads some.</summary>
    public long Progress => (2 * AcknowledgedBytes) + WindowBytes;

    /// <summary>Says whether the kernel tells this of such a socket: if it does, no answer means that the connection has ended.</summary>
    public static bool IsKnownOf([NotNullWhen(true)] Socket? socket)
        => OperatingSystem.IsLinux() && socket?.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;

    /// <summary>Says whether the connection was reset. It was not when the peer has only stopped sending.</summary>
    public static bool HasEnded(Socket socket)
    {
        Span<byte> state = stackalloc byte[1];
        return socket.GetRawSocketOption(TcpLevel, TcpInfoOption, state) == state.Length && state[0] == ClosedState;
    }

    public static TcpInfo? TryRead(Socket? socket)
    {
        if (!IsKnownOf(socket))
        {
            return null;
        }

        Span<byte> info = stackalloc byte[Size];
        try
        {
            var length = socket.GetRawSocketOption(TcpLevel, TcpInfoOption, info);
            return length < BytesAckedOffset + sizeof(long)
                ? null
                : new TcpInfo(
                    AcknowledgedOf(info, length),
                    length < Size ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(info[SendWindowOffset..]));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection has just ended.
            return null;
        }
    }

    /// <summary>
    /// Once our side has ended, the kernel counts that end as a byte. It must not stand for a last byte that was never sent.
    /// </summary>
    private static long AcknowledgedOf(ReadOnlySpan<byte> info, int length)
    {
        var acknowledged = BinaryPrimitives.ReadInt64LittleEndian(info[BytesAckedOffset..]);
        return info[0] is EstablishedState or CloseWaitState || length < BytesRetransmittedOffset + sizeof(long)
            ? acknowledged
            : Math.Min(
                acknowledged,
                BinaryPrimitives.ReadInt64LittleEndian(info[BytesSentOffset..])
                    - BinaryPrimitives.ReadInt64LittleEndian(info[BytesRetransmittedOffset..]));
    }
}
