using System.Net.Sockets;

namespace Beam.AspNetCore.Delivery;

/// <summary>Asks the kernel.</summary>
internal sealed class TcpInfoOption : ITcpInfoOption
{
    private const int TcpLevel = 6;
    private const int Option = 11;

    // The number of the option, and what it returns, are those of Linux.
    public int Read(Socket socket, Span<byte> info)
        => OperatingSystem.IsLinux() ? socket.GetRawSocketOption(TcpLevel, Option, info) : 0;
}
