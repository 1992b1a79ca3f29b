using System.Formats.Tar;
using System.Runtime.CompilerServices;

namespace Beam.Cli.Archives;

/// <summary>Reads a tar archive entry by entry.</summary>
internal static class TarEntries
{
    private const int BlockBytes = 64 * 1024;

    /// <exception cref="ArchiveRefusedException">It is damaged, ends too early or is followed by something, or has devices and the like in it.</exception>
    public static async IAsyncEnumerable<PackedEntry> ReadAsync(Stream archive, [EnumeratorCancellation] CancellationToken cancellationToken)
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

    /// <summary>Programs fill the last record with zeros. Whatever else follows would be lost with the archive, which is deleted once it is unpacked.</summary>
    private static async Task EnsureNothingFollowsAsync(Stream archive, CancellationToken cancellationToken)
    {
        var block = new byte[BlockBytes];
        int count;
        while ((count = await archive.ReadAsync(block, cancellationToken)) > 0)
        {
            if (block.AsSpan(0, count).ContainsAnyExcept((byte)0))
            {
                throw new ArchiveRefusedException("The archive goes on after its end.");
            }
        }
    }

    private static async ValueTask<TarEntry?> ReadHeaderAsync(TarReader reader, TarHeaderGuard guard, CancellationToken cancellationToken)
    {
        guard.EnterHeader();
        try
        {
            var entry = await reader.GetNextEntryAsync(copyData: false, cancellationToken);

            // The reader takes any block without a checksum for the end, such as one of a file that is no archive at all.
            return entry is null && !guard.IsAtEnd ? throw new InvalidDataException("The end is none.") : entry;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or InvalidOperationException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw new ArchiveRefusedException("The archive is damaged, or of a kind that is not known here.", exception);
        }
    }

    private static ArchiveEntryKind KindOf(TarEntry entry) => entry.EntryType switch
    {
        TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile => ArchiveEntryKind.File,
        TarEntryType.Directory => ArchiveEntryKind.Folder,
        TarEntryType.SymbolicLink => ArchiveEntryKind.Link,
        TarEntryType.HardLink => ArchiveEntryKind.SecondName,
        _ => throw new ArchiveRefusedException($"An entry is neither file nor folder nor link ({entry.EntryType}): {entry.Name}"),
    };
}
