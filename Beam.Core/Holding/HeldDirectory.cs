using Beam.Buffering;
using Microsoft.Win32.SafeHandles;

namespace Beam.Holding;

/// <summary>The directory of the files that senders have handed in. Unlike spilled bytes they outlive the process.</summary>
internal sealed class HeldDirectory(string spillDirectory)
{
    private const string Extension = ".beamheld";

    private readonly string _path = SpillDirectory.CreateOwn(Path.Combine(spillDirectory, "accepted"));

    /// <summary>Creates an empty file.</summary>
    /// <returns><see langword="null"/> when the disk or its budget has no room for it.</returns>
    public HeldFileBuffer? Create(ChunkPool pool, BufferBudget disk, long? length)
    {
        var leased = length ?? 0;
        if (!disk.TryLease(leased, BudgetPriority.Essential))
        {
            return null;
        }

        var path = Path.Combine(_path, Path.GetRandomFileName() + Extension);
        try
        {
            return new HeldFileBuffer(Open(path, FileMode.CreateNew, preallocatedBytes: leased), path, pool, disk, leased);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            disk.Return(leased);
            SpillDirectory.TryDelete(path);
            return null;
        }
    }

    /// <summary>Opens what a former process has left, and deletes what is of no use.</summary>
    public IEnumerable<HeldFileBuffer> OpenAll(ChunkPool pool, BufferBudget disk, Action<string> dropped)
    {
        LaterEntry.DeleteLeftovers(_path, Extension);
        foreach (var path in Directory.EnumerateFiles(_path, "*" + Extension).Order(StringComparer.Ordinal).ToList())
        {
            if (TryOpen(path, pool, disk) is { } buffer)
            {
                yield return buffer;
            }
            else
            {
                dropped(Path.GetFileName(path));
                SpillDirectory.TryDelete(path);
                new LaterEntry(path).Delete();
            }
        }
    }

    /// <summary>Opens a file that only we may read.</summary>
    /// <exception cref="IOException">The disk is full or refuses the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the file.</exception>
    public static SafeFileHandle Open(string path, FileMode mode, FileShare share = FileShare.Read, long preallocatedBytes = 0)
    {
        var file = File.OpenHandle(path, mode, FileAccess.ReadWrite, share, FileOptions.Asynchronous, preallocatedBytes);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    private static HeldFileBuffer? TryOpen(string path, ChunkPool pool, BufferBudget disk)
    {
        SafeFileHandle? file = null;
        try
        {
            file = Open(path, FileMode.Open);
            if (TryReadLatest(file, path) is { } entry && disk.TryLease(entry.Length, BudgetPriority.Essential))
            {
                var buffer = new HeldFileBuffer(file, path, pool, disk, entry);
                file = null;
                return buffer;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Damaged in another way.
        }
        finally
        {
            file?.Dispose();
        }

        return null;
    }

    private static HeldEntry? TryReadLatest(SafeFileHandle file, string path)
    {
        var later = new LaterEntry(path);
        return HeldTrailer.TryRead(file) is { } entry ? later.Exists ? later.TryRead(entry) : entry : null;
    }
}
