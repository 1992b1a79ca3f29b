using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>Version 1, a line of text: <c>PROXY TCP4 192.0.2.1 198.51.100.1 56324 443</c>.</summary>
internal static class ProxyHeaderV1
{
    // With its end, as the protocol has it.
    private const int MaxLineBytes = 107;
    private const string Unknown = "UNKNOWN";

    private static readonly SearchValues<char> AddressLetters = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static ReadOnlySpan<byte> Signature => "PROXY "u8;

    public static HeaderReading Parse(ReadOnlySpan<byte> bytes)
    {
        var line = bytes[..Math.Min(bytes.Length, MaxLineBytes)];
        var end = line.IndexOf("\r\n"u8);
        if (end < 0)
        {
            return line.Length == MaxLineBytes ? HeaderReading.Invalid : HeaderReading.Incomplete;
        }

        var length = end + 2;
        if (end < Signature.Length)
        {
            return HeaderReading.Invalid;
        }

        // Other bytes than letters of ASCII become question marks, which no word and no address has.
        var words = Encoding.ASCII.GetString(line[Signature.Length..end]).Split(' ');
        if (words[0] == Unknown)
        {
            // What follows is to be ignored.
            return HeaderReading.Whole(length, new ProxyHeader(IsProxied: true, Client: null));
        }

        return FamilyOf(words[0]) is { } family
            && words is [_, var from, var to, var fromPort, var toPort]
            && TryParse(from, fromPort, family, out var client)
            && TryParse(to, toPort, family, out _)
                ? HeaderReading.Whole(length, new ProxyHeader(IsProxied: true, client))
                : HeaderReading.Invalid;
    }

    private static AddressFamily? FamilyOf(string word) => word switch
    {
        "TCP4" => AddressFamily.InterNetwork,
        "TCP6" => AddressFamily.InterNetworkV6,
        _ => null,
    };

    private static bool TryParse(string address, string port, AddressFamily family, out IPEndPoint? endPoint)
    {
        endPoint = null;

        // The framework takes more than the protocol: short and octal forms, scopes, ports in brackets.
        if (address.AsSpan().ContainsAnyExcept(AddressLetters)
            || !IPAddress.TryParse(address, out var parsed)
            || parsed.AddressFamily != family
            || (family == AddressFamily.InterNetwork && parsed.ToString() != address)
            || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number.ToString(CultureInfo.InvariantCulture) != port)
        {
            return false;
        }

        endPoint = new IPEndPoint(parsed, number);
        return true;
    }
}
