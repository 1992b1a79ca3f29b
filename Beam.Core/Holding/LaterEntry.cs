using Beam.Buffering;

namespace Beam.Holding;

/// <summary>
/// The entry of a held file as it has changed since its sender left: a whole entry in a small file beside the held file. Each write
/// replaces the small file in one step, so that a crash leaves the old entry or the new. The held file itself, whose trailer a sender was
/// promised, is never written again.
/// </summary>
internal sealed class LaterEntry(string heldPath)
{
    private const string Extension = ".beamentry";
    private const string UnfinishedExtension = ".beamentry-new";

    private readonly string _path = Path.ChangeExtension(heldPath, Extension);
    private readonly string _unfinishedPath = Path.ChangeExtension(heldPath, UnfinishedExtension);

    public bool Exists => File.Exists(_path);

    /// <summary>Deletes what a crash has left in a directory without the file that it belongs to.</summary>
    public static void DeleteLeftovers(string directory, string heldExtension)
    {
        var leftovers = Directory.EnumerateFiles(directory, "*" + UnfinishedExtension)
            .Concat(Directory
                .EnumerateFiles(directory, "*" + Extension)
                .Where(path => !File.Exists(Path.ChangeExtension(path, heldExtension))));
        foreach (var leftover in leftovers.ToList())
        {
            SpillDirectory.TryDelete(leftover);
        }
    }

    /// <summary>Writes <paramref name="entry"/>; when this returns it has reached the disk.</summary>
    /// <exception cref="IOException">The disk is full or refuses the bytes.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the bytes.</exception>
    public void Write(HeldEntry entry)
    {
        using var file = HeldDirectory.Open(_unfinishedPath, FileMode.Create, FileShare.Read | FileShare.Delete);
        try
        {
            // The bytes are elsewhere: here the entry stands behind none.
            HeldTrailer.Write(file, entry with { Length = 0 });
            File.Move(_unfinishedPath, _path, overwrite: true);
        }
        catch
        {
            SpillDirectory.TryDelete(_unfinishedPath);
            throw;
        }

        // On journaling file systems this also brings the new name of the file to the disk.
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Reads what has become of <paramref name="entry"/>.</summary>
    /// <returns><see langword="null"/> when it is damaged, or that of another file.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be read.</exception>
    public HeldEntry? TryRead(HeldEntry entry)
    {
        using var file = HeldDirectory.Open(_path, FileMode.Open);
        var later = HeldTrailer.TryRead(file);
        return later is { Length: 0 } && later.TransferId == entry.TransferId ? later with { Length = entry.Length } : null;
    }

    public void Delete() => SpillDirectory.TryDelete(_path);
}
