using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Beam.Cli.Archives;

namespace Beam.Cli.Tests.Support;

/// <summary>Zip archives whose directory may say what is not so.</summary>
internal static class HostileZip
{
    // Where the fields of the structures are, and how many bytes they have.
    private static readonly (int Offset, int Bytes)[] DirectoryFields =
        [(6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (34, 2), (38, 4), (42, 4)];

    private static readonly (int Offset, int Bytes)[] LocalFields = [(4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)];
    private static readonly (int Offset, int Bytes)[] EndFields = [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)];

    public static byte[] Create(HostileEntries draw)
    {
        using var bytes = new MemoryStream();

        // A stream that cannot seek gets data descriptors behind the content.
        using (var zip = new ZipArchive(draw.Chance(30) ? new OneWayStream(bytes) : bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var count = draw.Random.Next(10); count >= 0; count--)
            {
                Add(zip, draw);
            }
        }

        var archive = bytes.ToArray();
        if (draw.Chance(40))
        {
            Lie(archive, draw, "PK\u0001\u0002"u8, DirectoryFields);
        }

        if (draw.Chance(20))
        {
            Lie(archive, draw, "PK\u0003\u0004"u8, LocalFields);
        }

        if (draw.Chance(10))
        {
            Lie(archive, draw, "PK\u0005\u0006"u8, EndFields);
        }

        return draw.Damage(draw.Chance(15) ? WithLargeNumbers(archive, draw) : archive);
    }

    private static void Add(ZipArchive zip, HostileEntries draw)
    {
        var kind = draw.Kind();
        var name = draw.Name();
        name = name[..Math.Min(name.Length, 4000)] + (kind == ArchiveEntryKind.Folder && draw.Chance(80) ? "/" : "");
        var entry = zip.CreateEntry(name.Length == 0 ? "/" : name, draw.Pick(CompressionLevel.Fastest, CompressionLevel.NoCompression));
        entry.ExternalAttributes = draw.Chance(10)
            ? draw.Random.Next()
            : draw.Chance(20) && kind == ArchiveEntryKind.File ? 0 : ZipEntryTypes.ToAttributes(kind, draw.Mode());
        using var stream = entry.Open();
        stream.Write(kind switch
        {
            ArchiveEntryKind.Link => Encoding.UTF8.GetBytes(draw.Target()),
            ArchiveEntryKind.Folder => [],
            _ => draw.Content(),
        });
    }

    private static void Lie(byte[] archive, HostileEntries draw, ReadOnlySpan<byte> signature, (int Offset, int Bytes)[] fields)
    {
        Span<byte> value = stackalloc byte[sizeof(long)];
        for (var start = Find(archive, signature, 0); start >= 0; start = Find(archive, signature, start + 4))
        {
            var (offset, count) = draw.Pick(fields);
            if (draw.Chance(50) && start + offset + count <= archive.Length)
            {
                BinaryPrimitives.WriteInt64LittleEndian(value, draw.Number());
                value[..count].CopyTo(archive.AsSpan(start + offset));
            }
        }
    }

    /// <summary>Gives the last entry of the directory numbers of 64 bits.</summary>
    private static byte[] WithLargeNumbers(byte[] archive, HostileEntries draw)
    {
        var entry = archive.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        var end = archive.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (entry < 0 || end < entry)
        {
            return archive;
        }

        var field = new byte[4 + (sizeof(long) * draw.Random.Next(1, 4))];
        BinaryPrimitives.WriteUInt16LittleEndian(field, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(field.AsSpan(2), (ushort)(field.Length - 4));
        for (var at = 4; at < field.Length; at += sizeof(long))
        {
            BinaryPrimitives.WriteInt64LittleEndian(field.AsSpan(at), draw.Number());
        }

        byte[] made = [.. archive[..end], .. field, .. archive[end..]];
        foreach (var offset in (int[])[20, 24, 42])
        {
            if (draw.Chance(60))
            {
                BinaryPrimitives.WriteUInt32LittleEndian(made.AsSpan(entry + offset), uint.MaxValue);
            }
        }

        BinaryPrimitives.WriteUInt16LittleEndian(made.AsSpan(entry + 30), (ushort)field.Length);
        var tail = made.AsSpan(end + field.Length);
        var size = BinaryPrimitives.ReadInt32LittleEndian(tail[12..]);
        BinaryPrimitives.WriteInt32LittleEndian(tail[12..], size + field.Length);
        return made;
    }

    private static int Find(byte[] archive, ReadOnlySpan<byte> signature, int from)
    {
        var found = archive.AsSpan(from).IndexOf(signature);
        return found < 0 ? -1 : from + found;
    }

    private sealed class OneWayStream(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
