using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Beam.Cli.Tests.Support;

/// <summary>Tar archives in which any field may be wrong.</summary>
internal static class HostileTar
{
    private const int BlockBytes = 512;
    private static readonly char[] RareTypes = [.. "\0134677SDMNVAXgxLK "];

    private static readonly string[] PaxKeys =
    [
        "path", "linkpath", "size", "mtime", "GNU.sparse.name", "GNU.sparse.realsize", "GNU.sparse.major", "GNU.sparse.minor",
        "GNU.sparse.map", "GNU.sparse.size", "hdrcharset", "uid", "SCHILY.xattr.user.x", "",
    ];

    public static byte[] Create(HostileEntries draw)
    {
        using var bytes = new MemoryStream();
        for (var count = draw.Random.Next(8); count >= 0; count--)
        {
            Add(bytes, draw);
        }

        if (draw.Chance(95))
        {
            bytes.Write(new byte[BlockBytes * draw.Random.Next(1, 20)]);
        }

        return draw.Damage(bytes.ToArray());
    }

    private static void Add(MemoryStream bytes, HostileEntries draw)
    {
        var name = Encoding.UTF8.GetBytes(draw.Name());
        var target = Encoding.UTF8.GetBytes(draw.Target());
        var type = draw.Chance(3) ? draw.Pick(RareTypes) : draw.Pick('0', '0', '0', '0', '5', '5', '2', '2', '1');
        if (name.Length > 100 || draw.Chance(10))
        {
            AddLong(bytes, draw, 'L', "path", name);
        }

        if (target.Length > 100)
        {
            AddLong(bytes, draw, 'K', "linkpath", target);
        }

        if (draw.Chance(5))
        {
            var value = draw.Chance(50) ? Text(draw.Number()) : draw.Name();
            Entry(bytes, draw, 'x', "pax"u8, [], Pax(draw.Pick(PaxKeys), Encoding.UTF8.GetBytes(value)));
        }

        if (draw.Chance(3))
        {
            draw.Random.NextBytes(name);
        }

        Entry(bytes, draw, type, name, target, type is '0' or '\0' or '7' || draw.Chance(10) ? draw.Content() : []);
    }

    private static void AddLong(MemoryStream bytes, HostileEntries draw, char gnuType, string paxKey, byte[] text)
    {
        if (draw.Chance(50))
        {
            Entry(bytes, draw, gnuType, "././@LongLink"u8, [], [.. text, 0]);
        }
        else
        {
            Entry(bytes, draw, draw.Chance(90) ? 'x' : 'g', "pax"u8, [], Pax(paxKey, text));
        }
    }

    private static byte[] Pax(string key, byte[] value)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes($" {key}="), .. value, (byte)'\n'];
        var length = body.Length + 1;
        while (length != body.Length + Text(length).Length)
        {
            length = body.Length + Text(length).Length;
        }

        return [.. Encoding.UTF8.GetBytes(Text(length)), .. body];
    }

    private static void Entry(
        MemoryStream bytes,
        HostileEntries draw,
        char type,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> target,
        byte[] content)
    {
        var header = new byte[BlockBytes];
        name[..Math.Min(name.Length, 100)].CopyTo(header);
        Octal(header.AsSpan(100, 8), (long)draw.Mode());
        Number(header.AsSpan(124, 12), draw.Chance(2) ? draw.Number() : content.Length);
        Number(header.AsSpan(136, 12), draw.Chance(2) ? draw.Number() : 1_700_000_000);
        header[156] = (byte)type;
        target[..Math.Min(target.Length, 100)].CopyTo(header.AsSpan(157));
        if (draw.Chance(90))
        {
            (draw.Chance(80) ? "ustar\000"u8 : "ustar  \0"u8).CopyTo(header.AsSpan(257));
        }

        if (draw.Chance(2))
        {
            Encoding.UTF8.GetBytes(draw.Pick("..", "/etc", "a/..", "dir")).CopyTo(header, 345);
        }

        if (draw.Chance(1))
        {
            draw.Random.NextBytes(header.AsSpan(257));
        }

        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header.AsSpan(148, 7), header.Sum(static value => value) + (draw.Chance(1) ? 1 : 0));
        bytes.Write(header);
        bytes.Write(content);
        bytes.Write(new byte[(BlockBytes - (content.Length % BlockBytes)) % BlockBytes]);
    }

    private static void Number(Span<byte> field, long value)
    {
        if (value is >= 0 and < 1L << 33)
        {
            Octal(field, value);
            return;
        }

        // In binary, as GNU tar does.
        field.Fill(value < 0 ? (byte)0xFF : (byte)0);
        BinaryPrimitives.WriteInt64BigEndian(field[4..], value);
        field[0] |= 0x80;
    }

    private static void Octal(Span<byte> field, long value)
        => Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(field.Length - 1, '0') + "\0").CopyTo(field);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
