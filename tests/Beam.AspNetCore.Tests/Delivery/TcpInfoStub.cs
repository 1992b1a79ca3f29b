using System.Net.Sockets;
using Beam.AspNetCore.Delivery;

namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>A kernel that tells less than Linux does.</summary>
internal sealed class TcpInfoStub(KernelGap gap) : ITcpInfoOption
{
    private const int AcknowledgedOffset = 120;
    private const int SizeBeforeAcknowledged = 104;
    private const int SizeBeforeSent = 192;

    private readonly TcpInfoOption _real = new();

    public int Read(Socket socket, Span<byte> info)
    {
        var length = _real.Read(socket, info);
        switch (gap)
        {
            case KernelGap.Zeros:
                info.Clear();
                return length;
            case KernelGap.ZerosBehind:
                info[Math.Min(AcknowledgedOffset, info.Length)..].Clear();
                return length;
            case KernelGap.CutShort:
                return Math.Min(length, SizeBeforeAcknowledged);
            case KernelGap.NoSentBytes:
                return Math.Min(length, SizeBeforeSent);
            default:
                throw new SocketException((int)SocketError.ProtocolOption);
        }
    }
}
