using System.Buffers.Binary;
using System.Net;
using System.Numerics;

namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>Version 2, in binary: a signature, command and family, a length, addresses, further values.</summary>
internal static class ProxyHeaderV2
{
    private const int FixedBytes = 16;
    private const int VersionAndCommandAt = 12;
    private const int FamilyAt = 13;
    private const int LengthAt = 14;

    private const byte Local = 0x20;
    private const byte Proxy = 0x21;

    private const byte Unspecified = 0x00;
    private const byte Tcp4 = 0x11;
    private const byte Tcp6 = 0x21;
    private const byte UnixStream = 0x31;

    private const byte ChecksumType = 0x03;
    private const int ValueHeadBytes = 3;

    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    public static HeaderReading Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes)
        {
            return HeaderReading.Incomplete;
        }

        var isLocal = bytes[VersionAndCommandAt] == Local;
        var addressBytes = AddressBytesOf(bytes[FamilyAt]);
        var length = FixedBytes + BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthAt..]);
        if ((!isLocal && (bytes[VersionAndCommandAt] != Proxy || addressBytes is null)) || length > ProxyHeaderParser.MaxBytes)
        {
            return HeaderReading.Invalid;
        }

        if (bytes.Length < length)
        {
            return HeaderReading.Incomplete;
        }

        // The proxy's own connection, or one of a family that the proxy cannot name: whatever else is there counts for nothing.
        if (isLocal || bytes[FamilyAt] == Unspecified)
        {
            return HeaderReading.Whole(length, new ProxyHeader(IsProxied: !isLocal, Client: null));
        }

        var header = bytes[..length];
        return length - FixedBytes >= addressBytes && AreValuesRight(header, FixedBytes + addressBytes.Value)
            ? HeaderReading.Whole(length, new ProxyHeader(IsProxied: true, ClientOf(header)))
            : HeaderReading.Invalid;
    }

    /// <summary>How many bytes the addresses of a family have, both together; <see langword="null"/> for no stream.</summary>
    private static int? AddressBytesOf(byte family) => family switch
    {
        Unspecified => 0,
        Tcp4 => 12,
        Tcp6 => 36,
        UnixStream => 216,
        _ => null,
    };

    private static IPEndPoint? ClientOf(ReadOnlySpan<byte> header)
    {
        var addresses = header[FixedBytes..];
        return header[FamilyAt] switch
        {
            Tcp4 => new IPEndPoint(new IPAddress(addresses[..4]), BinaryPrimitives.ReadUInt16BigEndian(addresses[8..])),
            Tcp6 => new IPEndPoint(new IPAddress(addresses[..16]), BinaryPrimitives.ReadUInt16BigEndian(addresses[32..])),
            _ => null,
        };
    }

    /// <summary>Says whether the further values fill the header exactly, and whether the checksum is right if there is one.</summary>
    private static bool AreValuesRight(ReadOnlySpan<byte> header, int start)
    {
        for (var at = start; at < header.Length;)
        {
            if (header.Length - at < ValueHeadBytes)
            {
                return false;
            }

            var valueAt = at + ValueHeadBytes;
            var length = BinaryPrimitives.ReadUInt16BigEndian(header[(at + 1)..]);
            if (header.Length - valueAt < length
                || (header[at] == ChecksumType && (length != sizeof(uint) || !IsChecksumRight(header, valueAt))))
            {
                return false;
            }

            at = valueAt + length;
        }

        return true;
    }

    /// <summary>CRC-32C over the header, with zeros in the place of the checksum itself.</summary>
    private static bool IsChecksumRight(ReadOnlySpan<byte> header, int checksumAt)
    {
        var checksum = uint.MaxValue;
        for (var i = 0; i < header.Length; i++)
        {
            var isOwn = i >= checksumAt && i < checksumAt + sizeof(uint);
            checksum = BitOperations.Crc32C(checksum, isOwn ? (byte)0 : header[i]);
        }

        return ~checksum == BinaryPrimitives.ReadUInt32BigEndian(header[checksumAt..]);
    }
}
