using System.Text;

namespace Beam.AspNetCore.Forms;

/// <summary>A file within a zip.</summary>
/// <param name="path">Its path in the zip.</param>
/// <param name="offset">Where it begins.</param>
/// <param name="isCompressed">Whether it is compressed.</param>
internal sealed class ZipEntry(string path, long offset, bool isCompressed)
{
    public byte[] Name { get; } = Encoding.UTF8.GetBytes(path);

    public long Offset { get; } = offset;

    public bool IsCompressed { get; } = isCompressed;

    /// <summary>Gets the checksum of its bytes so far.</summary>
    public uint Crc { get; private set; }

    /// <summary>Gets how many bytes it has had so far.</summary>
    public long Length { get; private set; }

    /// <summary>Gets or sets how many bytes it takes in the zip.</summary>
    public long StoredLength { get; set; }

    /// <summary>Counts bytes of it.</summary>
    public void Count(ReadOnlySpan<byte> bytes)
    {
        Crc = Crc32.Append(Crc, bytes);
        Length += bytes.Length;
    }

    /// <summary>Counts bytes that are not there, for tests of large files.</summary>
    public void Skip(long bytes) => Length += bytes;
}
