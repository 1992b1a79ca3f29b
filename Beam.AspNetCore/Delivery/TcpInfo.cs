using System.Runtime.InteropServices;

namespace Beam.AspNetCore.Delivery;

/// <summary>What the kernel knows of a TCP connection (Linux, <c>struct tcp_info</c> in linux/tcp.h).</summary>
/// <param name="AcknowledgedBytes">
/// How many payload bytes the peer's system has acknowledged; <see langword="null"/> when the kernel does not say.
/// </param>
/// <param name="WindowBytes">How many more bytes it has room for. The number grows as the peer's program reads.</param>
internal readonly record struct TcpInfo(long? AcknowledgedBytes, long WindowBytes)
{
    /// <summary>How many bytes of the struct Beam reads. Older kernels have fewer.</summary>
    public const int Size = 232;

    private const int UnacknowledgedSegmentsOffset = 24;
    private const int BytesAckedOffset = 120;
    private const int UnsentBytesOffset = 144;
    private const int BytesSentOffset = 200;
    private const int BytesRetransmittedOffset = 208;
    private const int SendWindowOffset = 228;
    private const byte EstablishedState = 1;
    private const byte FinWait1State = 4;
    private const byte FinWait2State = 5;
    private const byte TimeWaitState = 6;
    private const byte ClosedState = 7;
    private const byte CloseWaitState = 8;
    private const byte LastAckState = 9;
    private const byte ClosingState = 11;

    /// <summary>
    /// Gets a value indicating whether nothing is left to send, and nothing on its way. Unlike <see cref="AcknowledgedBytes"/> it takes no
    /// count to compare with: how much of a cancelled write was sent nobody knows, and the packet that opens a connection counts, too.
    /// </summary>
    public bool IsDrained { get; init; }

    /// <summary>Gets a number that changes whenever the peer acknowledges bytes or reads some.</summary>
    public long Progress => (2 * (AcknowledgedBytes ?? 0)) + WindowBytes;

    /// <summary>Says whether the connection is no more: both sides have closed it, or one has reset it.</summary>
    public static bool IsEnded(ReadOnlySpan<byte> info) => info is [ClosedState, ..];

    /// <summary>Reads what the kernel has given, which may be less than the whole.</summary>
    public static TcpInfo Parse(ReadOnlySpan<byte> info)
        => new(
            Acknowledged(info),
            info.Length < SendWindowOffset + sizeof(uint) ? 0 : MemoryMarshal.Read<uint>(info[SendWindowOffset..]))
        {
            IsDrained = info.Length >= UnsentBytesOffset + sizeof(uint)
                && MemoryMarshal.Read<uint>(info[UnacknowledgedSegmentsOffset..]) == 0
                && MemoryMarshal.Read<uint>(info[UnsentBytesOffset..]) == 0,
        };

    /// <summary>
    /// Once our side has ended, the kernel counts that end as a byte. It must not stand for a last byte that was never sent.
    /// </summary>
    private static long? Acknowledged(ReadOnlySpan<byte> info)
    {
        if (Count(info, BytesAckedOffset) is not { } acknowledged)
        {
            return null;
        }

        if (Count(info, BytesSentOffset) is > 0 and var sent && Count(info, BytesRetransmittedOffset) is { } retransmitted)
        {
            return info[0] is EstablishedState or CloseWaitState ? acknowledged : Math.Min(acknowledged, sent - retransmitted);
        }

        // Before Linux 4.19 only the state tells whether our end is among them.
        return info[0] switch
        {
            EstablishedState or CloseWaitState or FinWait1State or ClosingState or LastAckState => acknowledged,
            FinWait2State or TimeWaitState => acknowledged - 1,
            _ => null,
        };
    }

    private static long? Count(ReadOnlySpan<byte> info, int offset)
        => info.Length < offset + sizeof(long) ? null : MemoryMarshal.Read<long>(info[offset..]);
}
