using System.Formats.Tar;
using System.Runtime.CompilerServices;

namespace Beam.Cli.Archives;

/// <summary>Reads a tar archive entry by entry.</summary>
internal static class TarEntries
{
    private const int BlockBytes = 64 * 1024;

    /// <exception cref="ArchiveRefusedException">It is damaged, ends too early, has data after its end, or contains devices.</exception>
    public static async IAsyncEnumerable<PackedEntry> ReadAsync(
        Stream archive,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var guard = new TarHeaderGuard(archive);
        await using var reader = new TarReader(guard, leaveOpen: true);
        while (await ReadHeaderAsync(reader, guard, cancellationToken) is { } entry)
        {
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
            {
                continue;
            }

            var kind = KindOf(entry);
            guard.EnterContent();
            yield return new PackedEntry
            {
                Kind = kind,
                Name = entry.Name,
                Length = kind == ArchiveEntryKind.File ? entry.Length : 0,
                ModifiedAt = entry.ModificationTime,
                Mode = entry.Mode & ArchiveModes.Kept,
                LinkTarget = entry.LinkName ?? "",
                Content = entry.DataStream ?? Stream.Null,
            };
        }

        await EnsureNothingFollowsAsync(archive, cancellationToken);
    }

    /// <summary>
    /// Programs fill the last record with zeros. Anything else after the end would be lost, because the archive is deleted once it is
    /// unpacked.
    /// </summary>
    private static async Task EnsureNothingFollowsAsync(Stream archive, CancellationToken cancellationToken)
    {
        var block = new byte[BlockBytes];
        int count;
        while ((count = await archive.ReadAsync(block, cancellationToken)) > 0)
        {
            if (block.AsSpan(0, count).ContainsAnyExcept((byte)0))
            {
                throw new ArchiveRefusedException("The archive has data after its end.");
            }
        }
    }

    private static async ValueTask<TarEntry?> ReadHeaderAsync(TarReader reader, TarHeaderGuard guard, CancellationToken cancellationToken)
    {
        guard.EnterHeader();
        try
        {
            var entry = await reader.GetNextEntryAsync(copyData: false, cancellationToken);

            // The reader takes any block without a checksum for the end, even a block of a file that is not an archive at all.
            return entry is null && !guard.IsAtEnd ? throw new InvalidDataException("The end is missing.") : entry;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new ArchiveRefusedException("The archive is damaged, or its format is not supported.", exception);
        }
    }

    private static bool IsDamage(Exception exception)
        => exception is InvalidDataException
            or EndOfStreamException
            or FormatException
            or InvalidOperationException
            or ArgumentException
            or OverflowException
            or NotSupportedException;

    private static ArchiveEntryKind KindOf(TarEntry entry) => entry.EntryType switch
    {
        TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile => ArchiveEntryKind.File,
        TarEntryType.Directory => ArchiveEntryKind.Folder,
        TarEntryType.SymbolicLink => ArchiveEntryKind.Link,
        TarEntryType.HardLink => ArchiveEntryKind.SecondName,
        _ => throw new ArchiveRefusedException($"An entry is neither a file nor a folder nor a link ({entry.EntryType}): {entry.Name}"),
    };
}
