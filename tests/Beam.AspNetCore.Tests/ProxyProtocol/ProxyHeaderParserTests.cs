using System.Net;
using Beam.AspNetCore.ProxyProtocol;

namespace Beam.AspNetCore.Tests.ProxyProtocol;

public sealed class ProxyHeaderParserTests
{
    private static readonly IPEndPoint Client4 = IPEndPoint.Parse("192.0.2.7:56324");
    private static readonly IPEndPoint Client6 = IPEndPoint.Parse("[2001:db8::7]:56324");

    private static readonly byte[][] RightOnes =
    [
        Headers.Line(Client4),
        Headers.Line(Client6),
        Headers.Line("PROXY UNKNOWN"),
        Headers.Line("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535"),
        Headers.Binary(Client4),
        Headers.Binary(Client6),
        Headers.Binary(Client4, [.. Headers.Value(0x01, 0x68, 0x32), .. Headers.Value(0x04), .. Headers.Value(0xEA, new byte[2000])]),
        Headers.Binary(Headers.Proxy, 0x00),
        Headers.Binary(Headers.Proxy, 0x00, 9, 9, 9),
        Headers.Binary(Headers.Proxy, Headers.Unix, new byte[216]),
        Headers.Binary(Headers.Local, 0x00),
        Headers.Binary(Headers.Local, Headers.Tcp4, 1, 2, 3),
        Headers.Binary(Headers.Local, 0xFF, 1),
        Headers.WithChecksum(Client4),
        Headers.WithChecksum(Client6),
    ];

    public static TheoryData<string> WrongLines =>
    [
        "PROXY ",
        "PROXY TCP4",
        "PROXY TCP5 192.0.2.7 192.0.2.7 1 2",
        "PROXY tcp4 192.0.2.7 192.0.2.7 1 2",
        "PROXY UNKNOWNS",
        "PROXY TCP4 192.0.2.7 192.0.2.7 1",
        "PROXY TCP4 192.0.2.7 192.0.2.7 1 2 3",
        "PROXY TCP4 192.0.2.7 192.0.2.7 1 2 ",
        "PROXY TCP4  192.0.2.7 192.0.2.7 1 2",
        "PROXY TCP4 192.0.2.7 192.0.2.7 1 65536",
        "PROXY TCP4 192.0.2.7 192.0.2.7 -1 2",
        "PROXY TCP4 192.0.2.7 192.0.2.7 01 2",
        "PROXY TCP4 192.0.2.7 192.0.2.7 +1 2",
        "PROXY TCP4 192.0.2.07 192.0.2.7 1 2",
        "PROXY TCP4 192.0.2.256 192.0.2.7 1 2",
        "PROXY TCP4 192.0.519 192.0.2.7 1 2",
        "PROXY TCP4 3221225991 192.0.2.7 1 2",
        "PROXY TCP4 0xc0.0.2.7 192.0.2.7 1 2",
        "PROXY TCP4 192.0.2.7 elsewhere 1 2",
        "PROXY TCP4 2001:db8::7 2001:db8::7 1 2",
        "PROXY TCP6 192.0.2.7 192.0.2.7 1 2",
        "PROXY TCP6 [2001:db8::7] 2001:db8::7 1 2",
        "PROXY TCP6 2001:db8::7%eth0 2001:db8::7 1 2",
        "PROXY TCP6 2001:db8::7\t 2001:db8::7 1 2",
        "PROXY TCP4 192.0.2.\u00B2 192.0.2.7 1 2",
        "PROXY TCP4 192.0.2.7 192.0.2.7 1 2\n",
        "PROXY UNKNOWN " + "PROXY UNKNOWN this line goes on for longer than the protocol has it, which is 107 bytes with its end",
        "proxy TCP4 192.0.2.7 192.0.2.7 1 2",
        "GET / HTTP/1.1",
    ];

    public static TheoryData<byte, byte, byte[]> WrongBinaries => new()
    {
        // Command or version.
        { 0x22, Headers.Tcp4, Headers.Addresses(Client4) },
        { 0x11, Headers.Tcp4, Headers.Addresses(Client4) },
        { 0x10, 0x00, [] },

        // No streams, and no families.
        { Headers.Proxy, 0x12, Headers.Addresses(Client4) },
        { Headers.Proxy, 0x22, Headers.Addresses(Client6) },
        { Headers.Proxy, 0x32, new byte[216] },
        { Headers.Proxy, 0x41, new byte[216] },
        { Headers.Proxy, 0x10, Headers.Addresses(Client4) },

        // Too short for its addresses.
        { Headers.Proxy, Headers.Tcp4, Headers.Addresses(Client4)[1..] },
        { Headers.Proxy, Headers.Tcp6, Headers.Addresses(Client4) },
        { Headers.Proxy, Headers.Unix, new byte[215] },

        // Values that do not fill the rest.
        { Headers.Proxy, Headers.Tcp4, [.. Headers.Addresses(Client4), 0x04] },
        { Headers.Proxy, Headers.Tcp4, [.. Headers.Addresses(Client4), 0x04, 0x00] },
        { Headers.Proxy, Headers.Tcp4, [.. Headers.Addresses(Client4), 0x04, 0x00, 0x01] },
        { Headers.Proxy, Headers.Tcp4, [.. Headers.Addresses(Client4), 0x04, 0xFF, 0xFF, 1, 2, 3] },

        // Checksums.
        { Headers.Proxy, Headers.Tcp4, [.. Headers.Addresses(Client4), .. Headers.Value(0x03, 1, 2, 3, 4)] },
        { Headers.Proxy, Headers.Tcp4, [.. Headers.Addresses(Client4), .. Headers.Value(0x03)] },

        // More than the reader takes.
        { Headers.Local, 0x00, new byte[4081] },
        { Headers.Proxy, Headers.Tcp4, new byte[65_535] },
    };

    [Fact]
    public void Header_NamesTheClient()
    {
        foreach (var client in (IPEndPoint[])[Client4, Client6])
        {
            foreach (var header in (byte[][])[Headers.Line(client), Headers.Binary(client), Headers.WithChecksum(client)])
            {
                Assert.Equal(HeaderReading.Whole(header.Length, new ProxyHeader(IsProxied: true, client)), ProxyHeaderParser.Parse(header));
            }
        }
    }

    [Theory]
    [InlineData("0.0.0.0", 0)]
    [InlineData("255.255.255.255", 65_535)]
    [InlineData("::", 0)]
    [InlineData("::ffff:192.0.2.7", 1)]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65_535)]
    public void Header_NamesEveryAddressThereIs(string address, int port)
    {
        var client = new IPEndPoint(IPAddress.Parse(address), port);

        Assert.Equal(client, ProxyHeaderParser.Parse(Headers.Line(client)).Header.Client);
        Assert.Equal(client, ProxyHeaderParser.Parse(Headers.Binary(client)).Header.Client);
    }

    [Fact]
    public void Connection_IsTheProxysOwn_OnlyIfItSaysSo()
    {
        Assert.All(RightOnes, static header => Assert.Equal(
            header[12..13] is not [Headers.Local],
            ProxyHeaderParser.Parse(header).Header.IsProxied));
        Assert.Contains(RightOnes, static header => !ProxyHeaderParser.Parse(header).Header.IsProxied);
    }

    [Fact]
    public void Header_IsWholeWithItsLastByte_WhateverFollows()
    {
        foreach (var header in RightOnes)
        {
            var whole = ProxyHeaderParser.Parse(header);
            Assert.Equal((HeaderState.Whole, header.Length), (whole.State, whole.Length));
            foreach (var next in (byte[][])["GET / HTTP/1.1\r\n\r\n"u8.ToArray(), header, "\r\n"u8.ToArray(), new byte[100_000]])
            {
                Assert.Equal(whole, ProxyHeaderParser.Parse([.. header, .. next]));
            }

            Assert.All(
                Enumerable.Range(0, header.Length),
                length => Assert.Equal(HeaderReading.Incomplete, ProxyHeaderParser.Parse(header.AsSpan(0, length))));
        }
    }

    [Theory]
    [MemberData(nameof(WrongLines))]
    public void Line_IsRefused(string line)
        => Assert.Equal(HeaderReading.Invalid, ProxyHeaderParser.Parse(Headers.Line(line)));

    [Theory]
    [MemberData(nameof(WrongBinaries))]
    public void Binary_IsRefused(byte command, byte family, byte[] rest)
        => Assert.Equal(HeaderReading.Invalid, ProxyHeaderParser.Parse(Headers.Binary(command, family, rest)));

    [Fact]
    public void LongestHeaders_Pass()
    {
        Assert.Equal(107, ProxyHeaderParser.Parse(Headers.Line("PROXY UNKNOWN " + new string('x', 91))).Length);
        Assert.Equal(HeaderReading.Invalid, ProxyHeaderParser.Parse(Headers.Line("PROXY UNKNOWN " + new string('x', 92))));
        Assert.Equal(
            ProxyHeaderParser.MaxBytes,
            ProxyHeaderParser.Parse(Headers.Binary(Headers.Local, 0, new byte[ProxyHeaderParser.MaxBytes - 16])).Length);
    }

    /// <summary>
    /// Whatever comes: no exception; what is decided stays decided, however much more comes; a whole header lies within what was given, and
    /// its length alone decides; more than the most bytes are never wanted.
    /// </summary>
    [Fact]
    public void RandomBytes_AreDecidedOnce()
    {
        const int Rounds = 20_000;
        var random = new Random(14);
        var seen = new Dictionary<HeaderState, int>();
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Distort(random, [.. RightOnes[random.Next(RightOnes.Length)], .. RandomBytes(random, random.Next(40))]);
            var decided = default(HeaderReading?);
            for (var length = 0; length <= bytes.Length; length += 1 + random.Next(1 + (length / 4)))
            {
                var reading = ProxyHeaderParser.Parse(bytes.AsSpan(0, length));
                Assert.True(decided is null || decided == reading, $"round {round}: {decided} became {reading} at {length}");
                decided = reading.State == HeaderState.Incomplete ? null : reading;
                Assert.InRange(reading.Length, 0, Math.Min(length, ProxyHeaderParser.MaxBytes));
                Assert.True(length < ProxyHeaderParser.MaxBytes || decided is not null, $"round {round}: undecided at {length}");
            }

            var last = ProxyHeaderParser.Parse(bytes);
            seen[last.State] = seen.GetValueOrDefault(last.State) + 1;
            if (last.State == HeaderState.Whole)
            {
                Assert.Equal(last, ProxyHeaderParser.Parse(bytes.AsSpan(0, last.Length)));
                Assert.Equal(HeaderState.Incomplete, ProxyHeaderParser.Parse(bytes.AsSpan(0, last.Length - 1)).State);
            }
        }

        Assert.All(Enum.GetValues<HeaderState>(), state => Assert.InRange(seen.GetValueOrDefault(state), Rounds / 100, Rounds));
    }

    /// <summary>Leaves a header as it is, or changes, cuts or adds some bytes.</summary>
    private static byte[] Distort(Random random, byte[] bytes)
    {
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(bytes.Length);
            bytes = random.Next(4) switch
            {
                0 => bytes[..(at + 1)],
                1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                _ => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
            };
        }

        return bytes;
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
