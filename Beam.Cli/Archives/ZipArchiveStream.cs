using System.IO.Compression;
using System.IO.Pipelines;

namespace Beam.Cli.Archives;

/// <summary>
/// Packs a folder as zip while it is read, for receivers without tar. The length is not known in advance, and reading cannot begin in
/// the middle.
/// </summary>
internal static class ZipArchiveStream
{
    private const int CopyBytes = 64 * 1024;

    /// <summary>
    /// Starts packing. Reading the stream to its end gives the archive; if a file cannot be read, reading the stream fails. The caller
    /// disposes the stream.
    /// </summary>
    public static Stream Open(IReadOnlyList<ArchiveEntry> entries, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        _ = PackAsync(entries, pipe.Writer, cancellationToken);
        return pipe.Reader.AsStream();
    }

    private static async Task PackAsync(IReadOnlyList<ArchiveEntry> entries, PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            var stream = writer.AsStream(leaveOpen: true);
            var archive = await ZipArchive.CreateAsync(
                stream,
                ZipArchiveMode.Create,
                leaveOpen: true,
                entryNameEncoding: null,
                cancellationToken);
            await using (archive)
            {
                foreach (var entry in entries)
                {
                    await AddAsync(archive, entry, cancellationToken);
                }
            }

            await writer.CompleteAsync();
        }
        catch (Exception exception)
        {
            await writer.CompleteAsync(exception);
        }
    }

    private static async Task AddAsync(ZipArchive archive, ArchiveEntry entry, CancellationToken cancellationToken)
    {
        var packed = archive.CreateEntry(entry.Kind == ArchiveEntryKind.Folder ? entry.Name + "/" : entry.Name);
        packed.LastWriteTime = entry.ModifiedAt < ZipEntryTypes.Earliest ? ZipEntryTypes.Earliest : entry.ModifiedAt;
        packed.ExternalAttributes = ZipEntryTypes.ToAttributes(entry.Kind, entry.Mode);
        if (entry.Kind == ArchiveEntryKind.Folder)
        {
            return;
        }

        await using var target = await packed.OpenAsync(cancellationToken);
        if (entry.LinkTarget is { } link)
        {
            await target.WriteAsync(System.Text.Encoding.UTF8.GetBytes(link), cancellationToken);
            return;
        }

        if (entry.Length > 0)
        {
            await using var source = new FileStream(
                entry.SourcePath,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 0,
                useAsync: false);
            await source.CopyToAsync(target, CopyBytes, cancellationToken);
        }
    }
}
