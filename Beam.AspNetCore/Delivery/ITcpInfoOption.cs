using System.Net.Sockets;

namespace Beam.AspNetCore.Delivery;

/// <summary>The socket option <c>TCP_INFO</c> as the kernel gives it. Kernels differ in how much of it they fill.</summary>
internal interface ITcpInfoOption
{
    /// <summary>Reads as much as the kernel has and the buffer holds.</summary>
    /// <returns>How many bytes were read.</returns>
    /// <exception cref="SocketException">The kernel does not know the option, or the connection has ended.</exception>
    /// <exception cref="ObjectDisposedException">Somebody has closed the socket.</exception>
    int Read(Socket socket, Span<byte> info);
}
