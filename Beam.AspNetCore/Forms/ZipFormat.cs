namespace Beam.AspNetCore.Forms;

/// <summary>
/// What a zip has around its files (APPNOTE.TXT 6.3.10, sections 4.3 to 4.5), written forwards only: lengths and checksums follow each
/// file. Numbers that do not fit into 32 bits are 64 bits wide there, and in the directory at the end. Other writers of streams do so too.
/// </summary>
internal static class ZipFormat
{
    private const uint LocalSignature = 0x04034B50;
    private const uint DescriptorSignature = 0x08074B50;
    private const uint DirectorySignature = 0x02014B50;
    private const uint Zip64EndSignature = 0x06064B50;
    private const uint Zip64LocatorSignature = 0x07064B50;
    private const uint EndSignature = 0x06054B50;

    // Lengths follow the file; the name is UTF-8.
    private const ushort Flags = 0x0808;
    private const ushort Version = 20;
    private const ushort Zip64Version = 45;
    private const ushort Deflated = 8;
    private const ushort Zip64Field = 1;
    private const int FirstYear = 1980;
    private const int LastYear = 2107;

    /// <summary>What stands before a file.</summary>
    public static byte[] Header(ZipEntry entry, DateTimeOffset at) => Write(writer =>
    {
        writer.Write(LocalSignature);
        writer.Write(Version);
        WriteHow(writer, entry, at);
        writer.Write(0u);
        writer.Write(0u);
        writer.Write(0u);
        writer.Write((ushort)entry.Name.Length);
        writer.Write((ushort)0);
        writer.Write(entry.Name);
    });

    /// <summary>What stands behind a file.</summary>
    public static byte[] Descriptor(ZipEntry entry) => Write(writer =>
    {
        writer.Write(DescriptorSignature);
        writer.Write(entry.Crc);
        if (IsLarge(entry))
        {
            writer.Write(entry.StoredLength);
            writer.Write(entry.Length);
        }
        else
        {
            writer.Write((uint)entry.StoredLength);
            writer.Write((uint)entry.Length);
        }
    });

    /// <summary>What stands at the end of the zip.</summary>
    /// <param name="entries">The files.</param>
    /// <param name="offset">Where the end begins.</param>
    /// <param name="at">The time that all files get.</param>
    public static byte[] End(IReadOnlyList<ZipEntry> entries, long offset, DateTimeOffset at) => Write(writer =>
    {
        foreach (var entry in entries)
        {
            WriteDirectory(writer, entry, at);
        }

        var length = writer.BaseStream.Position;
        if (entries.Count >= ushort.MaxValue || offset + length >= uint.MaxValue)
        {
            WriteZip64End(writer, entries.Count, offset, length);
        }

        var count = (ushort)Math.Min(entries.Count, ushort.MaxValue);
        writer.Write(EndSignature);
        writer.Write(0u);
        writer.Write(count);
        writer.Write(count);
        writer.Write((uint)Math.Min(length, uint.MaxValue));
        writer.Write((uint)Math.Min(offset, uint.MaxValue));
        writer.Write((ushort)0);
    });

    private static void WriteDirectory(BinaryWriter writer, ZipEntry entry, DateTimeOffset at)
    {
        var isLarge = IsLarge(entry);
        var isFar = entry.Offset >= uint.MaxValue;
        long[] wide = [.. isLarge ? (long[])[entry.Length, entry.StoredLength] : [], .. isFar ? (long[])[entry.Offset] : []];
        var version = wide.Length > 0 ? Zip64Version : Version;
        writer.Write(DirectorySignature);
        writer.Write(version);
        writer.Write(version);
        WriteHow(writer, entry, at);
        writer.Write(entry.Crc);
        writer.Write(isLarge ? uint.MaxValue : (uint)entry.StoredLength);
        writer.Write(isLarge ? uint.MaxValue : (uint)entry.Length);
        writer.Write((ushort)entry.Name.Length);
        writer.Write((ushort)(wide.Length > 0 ? 4 + (wide.Length * sizeof(long)) : 0));
        writer.Write((ushort)0);
        writer.Write(0u);
        writer.Write(0u);
        writer.Write(isFar ? uint.MaxValue : (uint)entry.Offset);
        writer.Write(entry.Name);
        if (wide.Length > 0)
        {
            writer.Write(Zip64Field);
            writer.Write((ushort)(wide.Length * sizeof(long)));
            Array.ForEach(wide, writer.Write);
        }
    }

    private static void WriteZip64End(BinaryWriter writer, long count, long offset, long length)
    {
        const long LengthOfRest = 44;
        writer.Write(Zip64EndSignature);
        writer.Write(LengthOfRest);
        writer.Write(Zip64Version);
        writer.Write(Zip64Version);
        writer.Write(0u);
        writer.Write(0u);
        writer.Write(count);
        writer.Write(count);
        writer.Write(length);
        writer.Write(offset);
        writer.Write(Zip64LocatorSignature);
        writer.Write(0u);
        writer.Write(offset + length);
        writer.Write(1u);
    }

    /// <summary>Flags, compression and time, as they stand in both headers.</summary>
    private static void WriteHow(BinaryWriter writer, ZipEntry entry, DateTimeOffset at)
    {
        writer.Write(Flags);
        writer.Write(entry.IsCompressed ? Deflated : (ushort)0);
        writer.Write((ushort)((at.Hour << 11) | (at.Minute << 5) | (at.Second / 2)));
        writer.Write((ushort)(((Math.Clamp(at.Year, FirstYear, LastYear) - FirstYear) << 9) | (at.Month << 5) | at.Day));
    }

    private static bool IsLarge(ZipEntry entry) => entry.Length >= uint.MaxValue || entry.StoredLength >= uint.MaxValue;

    private static byte[] Write(Action<BinaryWriter> write)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        write(writer);
        writer.Flush();
        return bytes.ToArray();
    }
}
