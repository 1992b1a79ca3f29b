using System.IO.Compression;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;

namespace Beam.Cli.Archives;

/// <summary>Reads a zip archive entry by entry.</summary>
internal static class ZipEntries
{
    /// <param name="archive">The archive, which can seek.</param>
    /// <param name="limits">How many entries there may be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArchiveRefusedException">It is damaged, has too many or overlapping entries, or contains devices.</exception>
    public static async IAsyncEnumerable<PackedEntry> ReadAsync(
        Stream archive,
        UnpackLimits limits,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var zip = await OpenAsync(archive, limits, cancellationToken);
        foreach (var entry in zip.Entries)
        {
            var kind = ZipEntryTypes.KindOf(entry.FullName, entry.ExternalAttributes)
                ?? throw new ArchiveRefusedException($"An entry is neither a file nor a folder nor a link: {entry.FullName}");
            await using var content = await OpenEntryAsync(entry, cancellationToken);
            yield return new PackedEntry
            {
                Kind = kind,
                Name = entry.FullName,
                Length = kind == ArchiveEntryKind.File ? entry.Length : 0,
                ModifiedAt = entry.LastWriteTime,
                Mode = ZipEntryTypes.ModeOf(entry.ExternalAttributes),
                LinkTarget = kind == ArchiveEntryKind.Link ? await ReadLinkAsync(entry, content, cancellationToken) : "",
                Checksum = kind == ArchiveEntryKind.File ? entry.Crc32 : null,
                Content = kind == ArchiveEntryKind.File ? content : Stream.Null,
            };
        }
    }

    private static async Task<ZipArchive> OpenAsync(Stream archive, UnpackLimits limits, CancellationToken cancellationToken)
    {
        ZipArchive? zip = null;
        try
        {
            zip = await ZipArchive.CreateAsync(archive, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellationToken);
            if (zip.Entries.Count > limits.MaxEntries)
            {
                throw new ArchiveRefusedException($"The archive has more than {limits.MaxEntries} entries.");
            }

            // Entries that share their bytes turn a small archive into a huge folder.
            if (zip.Entries.Sum(static entry => (decimal)entry.CompressedLength) > archive.Length)
            {
                throw new ArchiveRefusedException("The entries of the archive overlap.");
            }

            var opened = zip;
            zip = null;
            return opened;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new ArchiveRefusedException("The archive is damaged, or cannot be read.", exception);
        }
        finally
        {
            zip?.Dispose();
        }
    }

    private static async Task<Stream> OpenEntryAsync(ZipArchiveEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return await entry.OpenAsync(cancellationToken);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new ArchiveRefusedException("The archive is damaged, or its compression is not supported.", exception);
        }
    }

    private static async Task<string> ReadLinkAsync(ZipArchiveEntry entry, Stream content, CancellationToken cancellationToken)
    {
        // Read a byte more than allowed, so that a target that is too long is refused and not cut.
        var bytes = new byte[LinkMap.MaxTargetBytes + 1];
        int count;
        try
        {
            count = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new ArchiveRefusedException("The archive is damaged, or cannot be read.", exception);
        }

        var checksum = new Crc32();
        checksum.Append(bytes.AsSpan(0, count));
        if (count <= LinkMap.MaxTargetBytes && (count != entry.Length || checksum.GetCurrentHashAsUInt32() != entry.Crc32))
        {
            throw new ArchiveRefusedException($"The length or checksum of an entry is not as the archive claims: {entry.FullName}");
        }

        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    /// <summary>A position that is none is an <see cref="IOException"/>, too, which cannot be told from that of a disk.</summary>
    private static bool IsDamage(Exception exception)
        => exception is InvalidDataException or IOException or ArgumentException or NotSupportedException;
}
