using System.Diagnostics.CodeAnalysis;
using Beam.Accounts;
using Beam.Buffering;
using Microsoft.Win32.SafeHandles;

namespace Beam.Holding;

/// <summary>The directory of the files that senders have handed in. Unlike spilled bytes they outlive the process.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore without a wait handle holds nothing that disposing would free.")]
internal sealed class HeldDirectory
{
    /// <summary>What a sender has sent so far. Nobody has accepted it.</summary>
    public const string PartExtension = ".beampart";

    /// <summary>The bytes of an accepted file, if there is an entry.</summary>
    public const string BytesExtension = ".beamheld";

    /// <summary>What the relay knows of an accepted file.</summary>
    public const string EntryExtension = ".beamentry";

    /// <summary>What the relay knows of the channel of accepted files.</summary>
    public const string ChannelExtension = ".beamchannel";

    /// <summary>Added to the name of what is being written and counts for nothing yet.</summary>
    public const string NewSuffix = "-new";

    // Each takes two descriptors, its file and the folder, beside those that the budget counts. No disk flushes more at a time with profit.
    private const int MostNotesAtATime = 16;

    private readonly Action<string> _delete;
    private readonly SemaphoreSlim _notes = new(MostNotesAtATime);

    /// <param name="spillDirectory">The directory that it lies in.</param>
    /// <param name="openFiles">The files that may be open, each of which counts as one byte.</param>
    /// <param name="delete">Deletes a file if the system lets it; <see langword="null"/> for what does so everywhere.</param>
    /// <exception cref="IOException">The directory cannot be created, or is not ours.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be created, or is not ours.</exception>
    public HeldDirectory(string spillDirectory, BufferBudget openFiles, Action<string>? delete = null)
    {
        OpenFiles = openFiles;
        _delete = delete ?? SpillDirectory.TryDelete;
        Path = PrivateFolder.Create(System.IO.Path.Combine(spillDirectory, "accepted"));
        PrivateFolder.KeepOthersOut(Path);
        Key = new HeldKey(Path);
    }

    public string Path { get; }

    public HeldKey Key { get; }

    /// <summary>Gets the budget for files that are open.</summary>
    public BufferBudget OpenFiles { get; }

    /// <summary>Creates an empty file. It leases nothing before bytes come.</summary>
    /// <returns><see langword="null"/> when the disk or its budget has no room for a file of <paramref name="length"/>.</returns>
    public HeldFileBuffer? Create(ChunkPool pool, BufferBudget disk, long? length, HoldingCharge? charge = null)
    {
        // A sender that declares more than there is hears it before its body. Compared without adding: the number is the client's.
        if (length > disk.LimitBytes - disk.UsedBytes)
        {
            return null;
        }

        try
        {
            return new HeldFileBuffer(HeldFile.Create(this, disk, charge), pool, new DiskLease(disk, charge), length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Deletes what a former process has left unfinished.</summary>
    /// <param name="notes">Is told the name of each file of bytes that is deleted.</param>
    /// <exception cref="IOException">The key cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The key cannot be read.</exception>
    public void Clean(IHeldFileNotes notes)
    {
        // Without it every file would count as damaged.
        Key.Load();
        foreach (var name in FindNames(PartExtension))
        {
            notes.Dropped(name + PartExtension);
            Delete(name);
        }

        foreach (var name in FindNames(NewSuffix))
        {
            _delete(PathOf(name, NewSuffix));
        }

        // Asked of the folder: a file that the system cannot look at now is not one that is missing.
        foreach (var name in FindNames(EntryExtension).Except(FindNames(BytesExtension)))
        {
            _delete(PathOf(name, EntryExtension));
        }
    }

    /// <summary>Finds what a former process has written of channels.</summary>
    /// <param name="disk">Leases what the files take.</param>
    public IReadOnlyList<HeldChannelFile> FindChannels(BufferBudget disk)
        => [.. FindNames(ChannelExtension).Select(name => new HeldChannelFile(this, name, disk))];

    /// <summary>
    /// Opens the files that a former process has accepted, and deletes those that are damaged. What the disk does not give now stays as it
    /// is: that says nothing of the file.
    /// </summary>
    /// <param name="pool">Lends the memory to read a file with.</param>
    /// <param name="disk">Leases what the files take.</param>
    /// <param name="notes">Is told what becomes of the others.</param>
    public IEnumerable<HeldFileBuffer> OpenAll(ChunkPool pool, BufferBudget disk, IHeldFileNotes notes)
    {
        foreach (var name in FindNames(BytesExtension))
        {
            HeldFileBuffer? buffer;
            try
            {
                buffer = HeldFileBuffer.TryOpen(this, name, pool, disk);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                notes.Left(name + BytesExtension, exception);
                continue;
            }

            if (buffer is not null)
            {
                yield return buffer;
                continue;
            }

            notes.Dropped(name + BytesExtension);
            Delete(name);
        }
    }

    /// <summary>Has a note written, when not too many are being written.</summary>
    public async Task WriteNoteAsync(Action write)
    {
        await _notes.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            write();
        }
        finally
        {
            _notes.Release();
        }
    }

    /// <summary>Deletes all files of a name, none of which may be open: Windows deletes no open file.</summary>
    public void Delete(string name)
    {
        // The entry first: without it, whatever is left is of no use.
        foreach (var extension in (string[])[EntryExtension, EntryExtension + NewSuffix, BytesExtension, PartExtension])
        {
            _delete(PathOf(name, extension));
        }
    }

    /// <summary>Deletes a file, if it is there and the system lets it.</summary>
    public void DeleteFile(string path) => _delete(path);

    /// <summary>Says where a file is.</summary>
    public string PathOf(string name, string extension) => System.IO.Path.Combine(Path, name + extension);

    /// <summary>Opens a file that only we may read.</summary>
    /// <exception cref="IOException">The disk is full or refuses the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the file.</exception>
    public static SafeFileHandle Open(string path, FileMode mode)
    {
        // On Windows nobody could rename an open file without the sharing.
        var file = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return file;
    }

    /// <summary>Opens a file to read it.</summary>
    /// <returns><see langword="null"/> when there is none.</returns>
    /// <exception cref="IOException">The disk or the system refuses it, which says nothing of the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The system refuses it.</exception>
    public static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private List<string> FindNames(string extension) =>
    [
        .. Directory.EnumerateFiles(Path, "*" + extension)
            .Select(System.IO.Path.GetFileName)
            .OfType<string>()
            .Where(name => name.EndsWith(extension, StringComparison.Ordinal))
            .Select(name => name[..^extension.Length])
            .Order(StringComparer.Ordinal),
    ];
}
