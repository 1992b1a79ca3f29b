using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Beam.Cli.Archives;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Archives;

public sealed class MaliciousZipTests : IDisposable
{
    private static readonly int LinkAttributes = ZipEntryTypes.ToAttributes(ArchiveEntryKind.Link, ArchiveModes.File);

    private readonly UnpackRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("../secret", "leads out")]
    [InlineData("a/../../secret", "leads out")]
    [InlineData("/etc/beam-test", "absolute")]
    [InlineData("C:\\beam-test", "absolute")]
    public Task Unpack_IsRefused_WhenANameLeadsOut(string name, string because)
        => RefusesAsync(Zip(zip => Add(zip, name, "evil"u8)), because);

    [Fact]
    public Task Unpack_IsRefused_WhenALinkLeadsOut()
        => RefusesAsync(Zip(zip => Add(zip, "link", "../secret"u8).ExternalAttributes = LinkAttributes), "leads out");

    [Fact]
    public Task Unpack_IsRefused_WhenALinkHasALongerTargetThanAnySystemTakes()
        => RefusesAsync(
            Zip(zip => Add(zip, "link", Encoding.ASCII.GetBytes(new string('a', 4097))).ExternalAttributes = LinkAttributes),
            "4096 bytes");

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    public Task Unpack_IsRefused_WhenALinkIsNotWhatTheDirectorySays(int field)
    {
        var bytes = Zip(zip => Add(zip, "link", "target"u8).ExternalAttributes = LinkAttributes);
        bytes[CentralDirectory(bytes) + field]++;
        return RefusesAsync(bytes, "as the archive claims");
    }

    [Fact]
    public Task Unpack_IsRefused_WhenALinkIsDamaged()
    {
        var bytes = Zip(zip => Add(zip, "link", "target"u8).ExternalAttributes = LinkAttributes);
        bytes.AsSpan(30 + "link".Length, 4).Fill(0xFF);
        return RefusesAsync(bytes, "damaged");
    }

    [Fact]
    public Task Unpack_IsRefused_WhenAnEntryLiesOutsideTheArchive()
    {
        var bytes = Zip(zip => Add(zip, "file", "content"u8));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CentralDirectory(bytes) + 42), int.MaxValue);
        return RefusesAsync(bytes, "damaged");
    }

    [Fact]
    public Task Unpack_IsRefused_WhenAFileLiesInALink()
        => RefusesAsync(
            Zip(zip =>
            {
                Add(zip, "link", "."u8).ExternalAttributes = LinkAttributes;
                Add(zip, "link/secret", "evil"u8);
            }),
            "not a folder");

    [Theory]
    [InlineData("a", "a/b", "not a folder")]
    [InlineData("a/b", "a", "two entries")]
    public Task Unpack_IsRefused_WhenAFileHasTheNameOfAFolder(string first, string second, string because)
        => RefusesAsync(
            Zip(zip =>
            {
                Add(zip, first, "1"u8);
                Add(zip, second, "2"u8);
            }),
            because);

    [Fact]
    public Task Unpack_IsRefused_WhenThereIsADevice()
        => RefusesAsync(Zip(zip => Add(zip, "device", []).ExternalAttributes = 0x2000 << 16), "neither a file");

    [Theory]
    [InlineData(10)]
    [InlineData(5000)]
    public Task Unpack_IsRefused_WhenASizeIsALie(int claimed)
    {
        var bytes = Zip(zip => Add(zip, "file", new byte[1000]));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(CentralDirectory(bytes) + 24), claimed);
        return RefusesAsync(bytes, "");
    }

    [Fact]
    public async Task Unpack_IsRefused_WhenEntriesLieOverEachOther()
    {
        // Two thousand entries in the directory, and all of them are the same bytes.
        var bytes = Zip(zip => Add(zip, "file", TestBytes.Create(1, 2_000)));
        var start = CentralDirectory(bytes);
        var end = bytes.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        var entry = bytes[start..end];
        using var made = new MemoryStream();
        made.Write(bytes.AsSpan(0, start));
        const int Count = 2_000;
        for (var number = 0; number < Count; number++)
        {
            made.Write(entry);
        }

        var tail = bytes[end..];
        BinaryPrimitives.WriteUInt16LittleEndian(tail.AsSpan(8), Count);
        BinaryPrimitives.WriteUInt16LittleEndian(tail.AsSpan(10), Count);
        BinaryPrimitives.WriteInt32LittleEndian(tail.AsSpan(12), entry.Length * Count);
        made.Write(tail);
        await RefusesAsync(made.ToArray(), "overlap");
    }

    [Theory]
    [InlineData(10_000_000_000, "allowed")]
    [InlineData(100, "as the archive claims")]
    public async Task Unpack_IsRefused_WhenNothingButZerosComesOut(long claimed, string because)
    {
        // Ten gigabytes of them say so, and are refused before the first byte; or say nothing, and are found out at the hundredth.
        var bytes = Zip(zip =>
        {
            using var stream = zip.CreateEntry("zeros", CompressionLevel.Fastest).Open();
            stream.Write(new byte[10_000_000]);
        });
        var directory = bytes.AsSpan(CentralDirectory(bytes));
        if (claimed > uint.MaxValue)
        {
            bytes = WithLargeSize(bytes, claimed);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(directory[24..], (uint)claimed);
        }

        _rig.Limits = UnpackLimits.For(bytes.Length, freeBytes: long.MaxValue);

        await RefusesAsync(bytes, because);
    }

    [Fact]
    public Task Unpack_IsRefused_WhenItIsCutShort()
    {
        var bytes = Zip(zip => Add(zip, "file", TestBytes.Create(1, 10_000)));
        return RefusesAsync(bytes[..^100], "damaged");
    }

    [Fact]
    public Task Unpack_IsRefused_WhenThereIsNothing() => RefusesAsync([], "damaged");

    /// <summary>Puts a size into the directory's only entry that needs the field of Zip64.</summary>
    private static byte[] WithLargeSize(byte[] bytes, long size)
    {
        var start = CentralDirectory(bytes);
        var end = bytes.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        var field = new byte[12];
        BinaryPrimitives.WriteUInt16LittleEndian(field, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(field.AsSpan(2), sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(field.AsSpan(4), size);
        byte[] made = [.. bytes[..end], .. field, .. bytes[end..]];
        BinaryPrimitives.WriteUInt32LittleEndian(made.AsSpan(start + 24), uint.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(made.AsSpan(start + 30), (ushort)field.Length);
        BinaryPrimitives.WriteInt32LittleEndian(made.AsSpan(end + field.Length + 12), end - start + field.Length);
        return made;
    }

    private static int CentralDirectory(byte[] bytes) => bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);

    private static ZipArchiveEntry Add(
        ZipArchive zip,
        string name,
        ReadOnlySpan<byte> content,
        CompressionLevel level = CompressionLevel.Fastest)
    {
        var entry = zip.CreateEntry(name, level);
        using var stream = entry.Open();
        stream.Write(content);
        return entry;
    }

    private static byte[] Zip(Action<ZipArchive> fill)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            fill(zip);
        }

        return bytes.ToArray();
    }

    private Task RefusesAsync(byte[] archive, string because) => _rig.RefusesAsync(() => _rig.ZipAsync(archive), because);
}
