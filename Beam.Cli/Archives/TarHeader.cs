using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Beam.Cli.Archives;

/// <summary>
/// The blocks before an entry's content in a tar archive: ustar, with a pax header (POSIX.1-2001) for what does not fit.
/// System.Formats.Tar writes the process id into its pax headers and cannot begin in the middle. These headers depend on the entry alone,
/// so a broken transfer can go on at any byte.
/// </summary>
internal static class TarHeader
{
    /// <summary>Everything in a tar archive is a multiple of this.</summary>
    public const int BlockBytes = 512;

    private const int NameBytes = 100;
    private const long OctalLimit = 1L << 33;

    /// <summary>The header of an entry, a multiple of <see cref="BlockBytes"/>.</summary>
    public static byte[] Create(ArchiveEntry entry)
    {
        var name = entry.Kind == ArchiveEntryKind.Folder ? entry.Name + "/" : entry.Name;
        var target = entry.LinkTarget ?? "";
        using var header = new MemoryStream();
        if (name.Contains('\n', StringComparison.Ordinal) || target.Contains('\n', StringComparison.Ordinal))
        {
            // System.Formats.Tar wrongly takes a line feed for the end of a pax record. Every program understands what GNU tar does.
            AddLongText(header, entry, 'K', target);
            AddLongText(header, entry, 'L', name);
        }
        else
        {
            AddPax(header, entry, name, target);
        }

        header.Write(Block(entry, name, target, TypeOf(entry.Kind), entry.Length));
        return header.ToArray();
    }

    /// <summary>The next multiple of <see cref="BlockBytes"/>.</summary>
    public static long Padded(long length) => (length + BlockBytes - 1) / BlockBytes * BlockBytes;

    private static char TypeOf(ArchiveEntryKind kind) => kind switch
    {
        ArchiveEntryKind.Folder => '5',
        ArchiveEntryKind.Link => '2',
        ArchiveEntryKind.SecondName => '1',
        _ => '0',
    };

    private static byte[] Block(ArchiveEntry entry, string name, string target, char type, long length)
    {
        var block = new byte[BlockBytes];
        WriteText(block.AsSpan(0, NameBytes), name);
        WriteOctal(block.AsSpan(100, 8), (long)entry.Mode);
        WriteOctal(block.AsSpan(108, 8), 0);
        WriteOctal(block.AsSpan(116, 8), 0);
        WriteSize(block.AsSpan(124, 12), length);
        WriteOctal(block.AsSpan(136, 12), Math.Min(entry.ModifiedAt.ToUnixTimeSeconds(), OctalLimit - 1));
        block[156] = (byte)type;
        WriteText(block.AsSpan(157, NameBytes), target);
        "ustar\0"u8.CopyTo(block.AsSpan(257));
        "00"u8.CopyTo(block.AsSpan(263));

        // The sum counts its own field as blanks.
        var checksum = block.AsSpan(148, 8);
        checksum.Fill((byte)' ');
        var sum = 0;
        foreach (var value in block)
        {
            sum += value;
        }

        WriteOctal(checksum[..7], sum);
        return block;
    }

    private static void WriteText(Span<byte> field, string text)
    {
        // If this cuts the text, the pax header has it in full.
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, field.Length)).CopyTo(field);
    }

    private static void WriteOctal(Span<byte> field, long value)
    {
        field[^1] = 0;
        for (var digit = field.Length - 2; digit >= 0; digit--)
        {
            field[digit] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private static void WriteSize(Span<byte> field, long length)
    {
        if (length < OctalLimit)
        {
            WriteOctal(field, length);
            return;
        }

        // In binary, marked by its first bit, as GNU tar does. A pax header has the length too.
        BinaryPrimitives.WriteInt64BigEndian(field[4..], length);
        field[0] = 0x80;
    }

    private static void AddLongText(MemoryStream header, ArchiveEntry entry, char type, string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= NameBytes)
        {
            return;
        }

        AddContent(header, entry, "././@LongLink", type, Encoding.UTF8.GetBytes(text + "\0"));
    }

    private static void AddPax(MemoryStream header, ArchiveEntry entry, string name, string target)
    {
        var records = new StringBuilder();
        AddIfNeeded(records, "path", name);
        AddIfNeeded(records, "linkpath", target);
        if (entry.Length >= OctalLimit)
        {
            Add(records, "size", entry.Length.ToString(CultureInfo.InvariantCulture));
        }

        if (records.Length > 0)
        {
            AddContent(header, entry, "PaxHeader", 'x', Encoding.UTF8.GetBytes(records.ToString()));
        }
    }

    private static void AddContent(MemoryStream header, ArchiveEntry entry, string name, char type, byte[] content)
    {
        header.Write(Block(entry, name, "", type, content.Length));
        header.Write(content);
        header.SetLength(Padded(header.Length));
        header.Position = header.Length;
    }

    private static void AddIfNeeded(StringBuilder records, string key, string value)
    {
        // A program that reads ustar only may take non-ASCII letters for those of an older code page.
        if (Encoding.UTF8.GetByteCount(value) > NameBytes || !Ascii.IsValid(value))
        {
            Add(records, key, value);
        }
    }

    private static void Add(StringBuilder records, string key, string value)
    {
        // "LENGTH key=value\n", where LENGTH counts itself.
        var rest = Encoding.UTF8.GetByteCount(value) + key.Length + 3;
        var length = rest + 1;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
        }

        records.Append(CultureInfo.InvariantCulture, $"{length} {key}={value}\n");
    }
}
