using System.Globalization;
using System.Text;

namespace Beam.Cli.Tests.Support;

/// <summary>Tar archives written byte by byte, with any field as wrong as a test wants it.</summary>
internal sealed class TarBytes
{
    private const int BlockBytes = 512;

    private readonly MemoryStream _bytes = new();

    public TarBytes File(string name, string content = "evil") => Entry(name, '0', Encoding.UTF8.GetBytes(content));

    public TarBytes Folder(string name) => Entry(name, '5', []);

    public TarBytes Link(string name, string target) => Entry(name, '2', [], target);

    public TarBytes HardLink(string name, string target) => Entry(name, '1', [], target);

    /// <summary>A pax header with one record for the entry that follows.</summary>
    public TarBytes Pax(string key, string value, char type = 'x')
    {
        var body = $" {key}={value}\n";
        var length = Encoding.UTF8.GetByteCount(body) + 2;
        length += length.ToString(CultureInfo.InvariantCulture).Length - 2;
        return Entry("pax", type, Encoding.UTF8.GetBytes(length.ToString(CultureInfo.InvariantCulture) + body));
    }

    /// <summary>An entry of any type, whose header may claim another length than its content has.</summary>
    public TarBytes Entry(string name, char type, byte[] content, string target = "", long? claimed = null)
    {
        var header = new byte[BlockBytes];
        Encoding.UTF8.GetBytes(name).CopyTo(header, 0);
        Octal(0x1A4, 8).CopyTo(header, 100);
        Octal(0, 8).CopyTo(header, 108);
        Octal(0, 8).CopyTo(header, 116);
        Octal(claimed ?? content.Length, 12).CopyTo(header, 124);
        Octal(1_700_000_000, 12).CopyTo(header, 136);
        header[156] = (byte)type;
        Encoding.UTF8.GetBytes(target).CopyTo(header, 157);
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header.Sum(static value => value), 7).CopyTo(header, 148);
        _bytes.Write(header);
        _bytes.Write(content);
        _bytes.Write(new byte[(BlockBytes - (content.Length % BlockBytes)) % BlockBytes]);
        return this;
    }

    /// <summary>The archive so far, without an end.</summary>
    public byte[] Cut() => _bytes.ToArray();

    /// <summary>The archive with its end.</summary>
    public byte[] End()
    {
        _bytes.Write(new byte[2 * BlockBytes]);
        return _bytes.ToArray();
    }

    private static byte[] Octal(long value, int bytes)
        => Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(bytes - 1, '0') + "\0");
}
