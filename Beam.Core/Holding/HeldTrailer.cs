using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Beam.Holding;

/// <summary>
/// The end of a held file: its entry as JSON, then the length of that, its SHA-256 and a mark. The bytes of the file reach the disk first,
/// so that a crash leaves either both or a file without a trailer.
/// </summary>
internal static class HeldTrailer
{
    private const int LengthBytes = sizeof(int);
    private const int EndBytes = LengthBytes + SHA256.HashSizeInBytes + 8;
    private const int LargestEntryBytes = 16 * 1024 * 1024;

    private static ReadOnlySpan<byte> Mark => "BeamHeld"u8;

    /// <summary>Writes <paramref name="entry"/> behind the bytes and flushes everything to the disk.</summary>
    /// <exception cref="IOException">The disk is full or refuses the bytes.</exception>
    public static void Write(SafeFileHandle file, HeldEntry entry)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(entry, HoldingJsonContext.Default.HeldEntry);
        var bytes = new byte[json.Length + EndBytes];
        json.CopyTo(bytes, 0);
        var end = bytes.AsSpan(json.Length);
        BinaryPrimitives.WriteInt32LittleEndian(end, json.Length);
        SHA256.HashData(json, end.Slice(LengthBytes, SHA256.HashSizeInBytes));
        Mark.CopyTo(end[(LengthBytes + SHA256.HashSizeInBytes)..]);

        // After a power cut the disk has any part of what was not flushed. A trailer must never vouch for bytes that are not there.
        RandomAccess.FlushToDisk(file);
        try
        {
            RandomAccess.Write(file, bytes, entry.Length);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // What .NET makes of EFBIG.
            throw new IOException(exception.Message, exception);
        }

        RandomAccess.SetLength(file, entry.Length + bytes.Length);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Reads the entry of a file; <see langword="null"/> when it is damaged or was never finished.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static HeldEntry? TryRead(SafeFileHandle file)
    {
        var fileBytes = RandomAccess.GetLength(file);
        Span<byte> end = stackalloc byte[EndBytes];
        if (fileBytes < EndBytes || RandomAccess.Read(file, end, fileBytes - EndBytes) != EndBytes || !end.EndsWith(Mark))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (length is < 2 or > LargestEntryBytes || fileBytes < EndBytes + length)
        {
            return null;
        }

        var json = new byte[length];
        if (RandomAccess.Read(file, json, fileBytes - EndBytes - length) != length
            || !SHA256.HashData(json).AsSpan().SequenceEqual(end.Slice(LengthBytes, SHA256.HashSizeInBytes)))
        {
            return null;
        }

        try
        {
            var entry = JsonSerializer.Deserialize(json, HoldingJsonContext.Default.HeldEntry);
            return entry is { Version: HeldEntry.CurrentVersion } && entry.Length == fileBytes - EndBytes - length ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
