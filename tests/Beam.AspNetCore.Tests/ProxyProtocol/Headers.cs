using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text;

namespace Beam.AspNetCore.Tests.ProxyProtocol;

/// <summary>Headers of the PROXY protocol as a proxy makes them.</summary>
internal static class Headers
{
    public const byte Local = 0x20;
    public const byte Proxy = 0x21;
    public const byte Tcp4 = 0x11;
    public const byte Tcp6 = 0x21;
    public const byte Unix = 0x31;

    private const int ChecksumBytes = 4;

    public static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>A line of version 1.</summary>
    public static byte[] Line(string text) => Encoding.Latin1.GetBytes(text + "\r\n");

    public static byte[] Line(IPEndPoint client)
        => Line($"PROXY {(client.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6")} "
            + $"{client.Address} {client.Address} {client.Port} 443");

    /// <summary>A header of version 2.</summary>
    public static byte[] Binary(byte command, byte family, params byte[] rest)
        => [.. Signature, command, family, (byte)(rest.Length >> 8), (byte)rest.Length, .. rest];

    public static byte[] Binary(IPEndPoint client, params byte[] values)
        => Binary(Proxy, client.AddressFamily == AddressFamily.InterNetwork ? Tcp4 : Tcp6, [.. Addresses(client), .. values]);

    /// <summary>Source, destination and both ports.</summary>
    public static byte[] Addresses(IPEndPoint client)
    {
        var ports = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, (ushort)client.Port);
        return [.. client.Address.GetAddressBytes(), .. client.Address.GetAddressBytes(), .. ports];
    }

    /// <summary>A further value of version 2.</summary>
    public static byte[] Value(byte type, params byte[] value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>A header of version 2 with the checksum as its last value.</summary>
    public static byte[] WithChecksum(IPEndPoint client)
    {
        var header = Binary(client, [.. Value(0xEA, 1, 2, 3), .. Value(0x03, 0, 0, 0, 0)]);
        var checksum = ~header.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(^ChecksumBytes), checksum);
        return header;
    }
}
