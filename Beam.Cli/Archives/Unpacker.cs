using System.IO.Hashing;

namespace Beam.Cli.Archives;

/// <summary>
/// Unpacks archives that anybody may have made. Everything first goes into a new, empty folder. Links are made last, so that nothing is
/// written through them. Only the content of an archive that is good to its end is moved into place; of any other, nothing is left.
/// </summary>
/// <param name="limits">How much may come out.</param>
/// <param name="rules">Which names files may have.</param>
internal sealed class Unpacker(UnpackLimits limits, NameRules rules)
{
    private const int CopyBytes = 128 * 1024;

    private readonly EntryNames _names = new(rules);
    private readonly LinkMap _linkMap = new(rules.IgnoresCase);
    private readonly List<(string OnDisk, string Target)> _links = [];
    private readonly List<(string OnDisk, PackedEntry Entry)> _folders = [];
    private readonly byte[] _buffer = new byte[CopyBytes];
    private long _bytes;
    private int _entries;
    private int _files;

    /// <summary>Unpacks an archive into a folder.</summary>
    /// <param name="entries">What the archive has.</param>
    /// <param name="folder">Where to: created if need be.</param>
    /// <param name="isNew">Whether the folder was made for this archive. Then it may have any names.</param>
    /// <param name="consent">What may be done to a folder that existed before.</param>
    /// <param name="cancellationToken">Stops it; nothing is left.</param>
    /// <exception cref="ArchiveRefusedException">
    /// The archive is damaged or malicious, too much comes out of it, or programs would obey its names.
    /// </exception>
    /// <exception cref="TargetExistsException">Files already exist and may not be overwritten.</exception>
    /// <exception cref="IOException">The disk has no room for it, or a file cannot be written.</exception>
    public async Task<UnpackSummary> UnpackAsync(
        IAsyncEnumerable<PackedEntry> entries,
        string folder,
        bool isNew,
        IUnpackConsent consent,
        CancellationToken cancellationToken)
    {
        using var staging = new StagingFolder(folder, isNew);
        var linksStayInTopLevel = await FillAsync(staging, entries, cancellationToken);
        await staging.MoveIntoPlaceAsync(consent, cancellationToken);
        return new UnpackSummary(_files, _bytes, _names.Changed, staging.TopLevelNames, linksStayInTopLevel);
    }

    /// <summary>Makes everything in a folder of its own.</summary>
    /// <returns>Whether all links stay in the top-level folder or file that they lie in.</returns>
    private async Task<bool> FillAsync(StagingFolder staging, IAsyncEnumerable<PackedEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var entry in entries.WithCancellation(cancellationToken))
            {
                // An entry may lie in folders that no entry names: they count, too.
                if (++_entries > limits.MaxEntries || _names.Count > limits.MaxEntries)
                {
                    throw new ArchiveRefusedException($"The archive has more than {limits.MaxEntries} entries.");
                }

                await AddAsync(staging, entry, cancellationToken);
            }

            var linksStayInTopLevel = MakeLinks(staging, cancellationToken);
            foreach (var (onDisk, entry) in Enumerable.Reverse(_folders))
            {
                staging.FinishFolder(onDisk, entry);
            }

            return linksStayInTopLevel;
        }
        catch (PathTooLongException exception)
        {
            throw new ArchiveRefusedException("An entry has a longer name or path than this system allows.", exception);
        }
    }

    private async Task AddAsync(StagingFolder staging, PackedEntry entry, CancellationToken cancellationToken)
    {
        var parts = EntryPath.Split(entry.Name, rules);
        if (parts.Length == 0)
        {
            // "./": tar's name of the folder that it was started in.
            return;
        }

        switch (entry.Kind)
        {
            case ArchiveEntryKind.Folder:
                var folder = _names.Add(parts, entry.Kind);
                staging.AddFolder(folder);
                _folders.Add((folder, entry));
                break;
            case ArchiveEntryKind.Link:
                var link = _names.Add(parts, entry.Kind);
                _links.Add((link, entry.LinkTarget));

                // By its name on the disk: a changed name may be the very name that another link points to.
                _linkMap.Add(Slashes(link), entry.LinkTarget);
                break;
            case ArchiveEntryKind.SecondName:
                var first = _names.FindFile(EntryPath.Split(entry.LinkTarget, rules))
                    ?? throw new ArchiveRefusedException(
                        $"An entry is a second name (hard link) of something that is not a file of the archive: {entry.Name}");

                // A copy: a later change of one file does not reach the other.
                await using (var source = staging.OpenFile(first))
                {
                    await AddFileAsync(staging, parts, entry with { Length = source.Length, Content = source }, cancellationToken);
                }

                break;
            default:
                await AddFileAsync(staging, parts, entry, cancellationToken);
                break;
        }
    }

    private async Task AddFileAsync(StagingFolder staging, string[] parts, PackedEntry entry, CancellationToken cancellationToken)
    {
        // Before the first byte: a header may claim more than there is room for.
        if (entry.Length < 0 || entry.Length > limits.MaxBytes - _bytes)
        {
            throw new ArchiveRefusedException($"The content of the archive is larger than the {limits.MaxBytes} bytes that are allowed.");
        }

        if (entry.Length > limits.FreeBytes - _bytes)
        {
            throw new IOException("The disk has not enough room for the content of the archive.");
        }

        await using var target = staging.CreateFile(_names.Add(parts, entry.Kind), entry);
        var checksum = new Crc32();
        long copied = 0;
        int count;
        while ((count = await ReadAsync(entry.Content, cancellationToken)) > 0)
        {
            copied += count;
            if (copied > entry.Length)
            {
                break;
            }

            if (entry.Checksum is not null)
            {
                checksum.Append(_buffer.AsSpan(0, count));
            }

            await target.WriteAsync(_buffer.AsMemory(0, count), cancellationToken);
        }

        // A zip reader stops where the entry claims to end: only the checksum shows that there was more.
        if (copied != entry.Length || (entry.Checksum is { } expected && expected != checksum.GetCurrentHashAsUInt32()))
        {
            throw new ArchiveRefusedException($"The length or checksum of an entry is not as the archive claims: {entry.Name}");
        }

        StagingFolder.FinishFile(target, entry);
        _bytes += copied;
        _files++;
    }

    private async ValueTask<int> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(_buffer, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or ArgumentException)
        {
            // A zip with impossible lengths ends in the last of these.
            throw new ArchiveRefusedException("The archive is damaged.", exception);
        }
    }

    /// <summary>Makes the links.</summary>
    /// <returns>Whether all of them stay in the top-level folder or file that they lie in.</returns>
    private bool MakeLinks(StagingFolder staging, CancellationToken cancellationToken)
    {
        var stayInTopLevel = true;
        foreach (var (onDisk, target) in _links)
        {
            // There may be very many links, with long targets.
            cancellationToken.ThrowIfCancellationRequested();
            if (_linkMap.Resolve(Slashes(onDisk)) is { } end)
            {
                stayInTopLevel &= end.StaysInTopLevel;
            }
            else
            {
                throw new ArchiveRefusedException($"A link leads out of the folder or in a circle: {onDisk} -> {target}");
            }

            // No file here has such a name, and any program may show the target of a link.
            if (!rules.Allows(target))
            {
                throw new ArchiveRefusedException($"A link points to a name that no file may have: {onDisk}");
            }
        }

        foreach (var (onDisk, target) in _links)
        {
            staging.AddLink(onDisk, target);
        }

        return stayInTopLevel;
    }

    private static string Slashes(string onDisk) => onDisk.Replace(Path.DirectorySeparatorChar, '/');
}
