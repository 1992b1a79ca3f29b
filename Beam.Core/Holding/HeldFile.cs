using System.Text.Json;
using Beam.Accounts;
using Beam.Buffering;

namespace Beam.Holding;

/// <summary>
/// The bytes of a hand-in, and the entry beside them that makes an accepted file of them. What senders send and what the relay writes never
/// share a file. Until the entry is there, the name of the bytes says that they are of no use to another process.
/// </summary>
/// <remarks>Only one caller at a time keeps, closes or deletes.</remarks>
internal sealed class HeldFile
{
    private readonly HeldDirectory _directory;
    private readonly BufferBudget _disk;
    private readonly SignedFile _entryFile;
    private readonly string _bytesPath;
    private readonly string _partPath;
    private bool _isNamed;

    private HeldFile(HeldDirectory directory, string name, BufferBudget disk, DiskLease entryLease, bool isNamed)
    {
        _directory = directory;
        _disk = disk;
        _entryFile = new SignedFile(directory, entryLease, name, HeldDirectory.EntryExtension);
        _bytesPath = directory.PathOf(name, HeldDirectory.BytesExtension);
        _partPath = directory.PathOf(name, HeldDirectory.PartExtension);
        Name = name;
        _isNamed = isNamed;
        Bytes = isNamed ? new HeldBytes(directory.OpenFiles, _bytesPath) : HeldBytes.Create(directory.OpenFiles, _partPath, _bytesPath);
    }

    /// <summary>Gets what its parts are called, without their extensions.</summary>
    public string Name { get; }

    /// <summary>Gets what the sender has sent, from the first byte on and nothing else.</summary>
    public HeldBytes Bytes { get; }

    /// <summary>Gets what is written beside the bytes, if anything is.</summary>
    public HeldEntry? Entry { get; private set; }

    /// <summary>Creates an empty one.</summary>
    /// <exception cref="IOException">The disk is full or refuses the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the file.</exception>
    public static HeldFile Create(HeldDirectory directory, BufferBudget disk, HoldingCharge? charge = null)
        => new(directory, Path.GetRandomFileName(), disk, new DiskLease(disk, charge), isNamed: false);

    /// <summary>Finds what a former process has accepted. Its bytes are opened when somebody reads them.</summary>
    /// <returns><see langword="null"/> when the relay has not accepted it, or when it is damaged or gone.</returns>
    /// <exception cref="IOException">The disk or the system refuses it now, which says nothing of the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The system refuses it.</exception>
    public static HeldFile? TryOpen(HeldDirectory directory, string name, BufferBudget disk)
    {
        var file = new HeldFile(directory, name, disk, new DiskLease(disk), isNamed: true);
        try
        {
            if (file.TryReadEntry() is { } entry && entry.Length == new FileInfo(file._bytesPath).Length)
            {
                file.Entry = entry;
                return file;
            }
        }
        catch (FileNotFoundException)
        {
            // Somebody has deleted it.
        }
        catch
        {
            file.Close();
            throw;
        }

        file.Close();
        return null;
    }

    /// <summary>Makes what is to be written of a channel beside its first file.</summary>
    public HeldChannelFile CreateChannelFile() => new(_directory, Path.GetRandomFileName(), _disk);

    /// <summary>Has what lies beside the bytes written, when not too much is being written.</summary>
    public Task WriteNoteAsync(Action write) => _directory.WriteNoteAsync(write);

    /// <summary>Brings the bytes to the disk.</summary>
    /// <returns><see langword="false"/> when it has been closed.</returns>
    /// <exception cref="IOException">The disk refuses the bytes.</exception>
    public bool TryFlush()
    {
        try
        {
            Bytes.Flush();
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Does what <see cref="KeepInSteps"/> does.</summary>
    /// <exception cref="IOException">The disk is full or refuses the bytes.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the bytes.</exception>
    public void Keep(HeldEntry entry)
    {
        foreach (var _ in KeepInSteps(entry))
        {
        }
    }

    /// <summary>
    /// Makes an accepted file of the bytes, which have been flushed, or replaces the entry of an accepted file. A crash after any step
    /// leaves the old entry, the new one, or something that the next process deletes. After the last step it is the new one.
    /// </summary>
    public IEnumerable<HeldStep> KeepInSteps(HeldEntry entry)
    {
        // 1. The name of an accepted file. An entry must never vouch for bytes that are not there.
        if (!_isNamed)
        {
            if (new FileInfo(_partPath).Length != entry.Length)
            {
                throw new IOException("The file has lost bytes.");
            }

            File.Move(_partPath, _bytesPath);
            _isNamed = true;
            yield return HeldStep.BytesNamed;
        }

        // 2. The entry.
        foreach (var step in _entryFile.WriteInSteps(JsonSerializer.SerializeToUtf8Bytes(entry, HoldingJsonContext.Default.HeldEntry)))
        {
            Entry = step == HeldStep.Named ? entry : Entry;
            yield return step;
        }
    }

    /// <summary>Leaves the files to another process.</summary>
    public void Close()
    {
        Bytes.Close();
        _entryFile.Close();
    }

    /// <summary>Deletes the files.</summary>
    public void Delete()
    {
        // Windows deletes no file that is open.
        Close();

        _directory.Delete(Name);
    }

    private HeldEntry? TryReadEntry()
    {
        try
        {
            return _entryFile.TryRead() is { } json ? JsonSerializer.Deserialize(json, HoldingJsonContext.Default.HeldEntry) : null;
        }
        catch (JsonException)
        {
            // Of another version.
            return null;
        }
    }
}
