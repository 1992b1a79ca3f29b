using System.Text;
using System.Text.Json;
using Beam.Accounts;
using Beam.Buffering;
using Microsoft.Win32.SafeHandles;

namespace Beam.Holding;

/// <summary>
/// The bytes of a hand-in, and the entry beside them that makes an accepted file of them. What senders send and what the relay writes never
/// share a file. Until the entry is there, the name of the bytes says that they are of no use to another process.
/// </summary>
/// <remarks>Only one caller at a time keeps, closes or deletes.</remarks>
internal sealed class HeldFile
{
    private const int MarkBytes = 32;
    private const int LargestEntryBytes = 16 * 1024 * 1024;

    private readonly HeldDirectory _directory;
    private readonly DiskLease _entryLease;
    private readonly string _bytesPath;
    private readonly string _partPath;
    private readonly string _entryPath;
    private readonly string _newEntryPath;
    private bool _isNamed;

    private HeldFile(HeldDirectory directory, string name, DiskLease entryLease, FileMode mode)
    {
        var path = Path.Combine(directory.Path, name);
        _directory = directory;
        _entryLease = entryLease;
        _bytesPath = path + HeldDirectory.BytesExtension;
        _partPath = path + HeldDirectory.PartExtension;
        _entryPath = path + HeldDirectory.EntryExtension;
        _newEntryPath = path + HeldDirectory.NewEntryExtension;
        Name = name;
        _isNamed = mode == FileMode.Open;
        Bytes = HeldDirectory.Open(_isNamed ? _bytesPath : _partPath, mode);
    }

    /// <summary>Gets what its parts are called, without their extensions.</summary>
    public string Name { get; }

    /// <summary>Gets what the sender has sent, from the first byte on and nothing else.</summary>
    public SafeFileHandle Bytes { get; }

    /// <summary>Gets what is written beside the bytes, if anything is.</summary>
    public HeldEntry? Entry { get; private set; }

    /// <summary>Creates an empty one.</summary>
    /// <exception cref="IOException">The disk is full or refuses the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the file.</exception>
    public static HeldFile Create(HeldDirectory directory, BufferBudget disk, HoldingCharge? charge = null)
        => new(directory, Path.GetRandomFileName(), new DiskLease(disk, charge), FileMode.CreateNew);

    /// <summary>Opens what a former process has accepted.</summary>
    /// <returns><see langword="null"/> when the relay has not accepted it, when it is damaged, or when the budget has no room.</returns>
    public static HeldFile? TryOpen(HeldDirectory directory, string name, BufferBudget disk)
    {
        HeldFile? file = null;
        try
        {
            file = new HeldFile(directory, name, new DiskLease(disk), FileMode.Open);
            if (file.TryReadEntry() is { } entry && entry.Length == RandomAccess.GetLength(file.Bytes))
            {
                file.Entry = entry;
                return file;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Damaged in another way.
        }

        file?.Close();
        return null;
    }

    /// <summary>Does what <see cref="KeepInSteps"/> does.</summary>
    /// <exception cref="IOException">The disk is full or refuses the bytes.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the bytes.</exception>
    public void Keep(HeldEntry entry)
    {
        try
        {
            foreach (var _ in KeepInSteps(entry))
            {
            }
        }
        catch
        {
            // It is closed by now.
            SpillDirectory.TryDelete(_newEntryPath);
            throw;
        }
    }

    /// <summary>
    /// Makes an accepted file of the bytes, which have been flushed, or replaces the entry of an accepted file. A crash after any step
    /// leaves the old entry, the new one, or something that the next process deletes. After the last step it is the new one.
    /// </summary>
    public IEnumerable<HeldStep> KeepInSteps(HeldEntry entry)
    {
        var content = Encode(entry);

        // A later entry is written whatever the budget says: what was revoked must stay revoked. The tokens of a channel bound its size.
        if (!_entryLease.TryReach(DiskLease.RoundUp(content.Length)) && Entry is null)
        {
            throw new IOException("The disk budget has no room for the entry.");
        }

        // 1. The name of an accepted file. An entry must never vouch for bytes that are not there.
        if (!_isNamed)
        {
            if (RandomAccess.GetLength(Bytes) != entry.Length)
            {
                throw new IOException("The file has lost bytes.");
            }

            File.Move(_partPath, _bytesPath);
            _isNamed = true;
            yield return HeldStep.BytesNamed;
        }

        // 2. The entry, which nobody sees before all of it has reached the disk.
        using var file = HeldDirectory.Open(_newEntryPath, FileMode.Create);
        Write(file, content);
        yield return HeldStep.EntryWritten;
        RandomAccess.FlushToDisk(file);
        yield return HeldStep.EntryFlushed;
        File.Move(_newEntryPath, _entryPath, overwrite: true);
        Entry = entry;
        _entryLease.Trim(DiskLease.RoundUp(content.Length));
        yield return HeldStep.EntryNamed;

        // 3. The names.
        RandomAccess.FlushToDisk(file);
        FolderFlush.Flush(_directory.Path);
        yield return HeldStep.NamesFlushed;
    }

    /// <summary>Leaves the files to another process.</summary>
    public void Close()
    {
        Bytes.Dispose();
        _entryLease.End();
    }

    /// <summary>Deletes the files.</summary>
    public void Delete()
    {
        // Windows deletes no file that is open.
        Close();

        _directory.Delete(Name);
    }

    private static void Write(SafeFileHandle file, byte[] content)
    {
        try
        {
            RandomAccess.Write(file, content, fileOffset: 0);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // What .NET makes of EFBIG.
            throw new IOException(exception.Message, exception);
        }
    }

    private byte[] Encode(HeldEntry entry)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(entry, HoldingJsonContext.Default.HeldEntry);
        if (json.Length > LargestEntryBytes)
        {
            // The next process would not read it.
            throw new IOException("The entry is too large.");
        }

        return [.. _directory.Key.Sign(ToSign(json)), .. json];
    }

    private HeldEntry? TryReadEntry()
    {
        if (!File.Exists(_entryPath))
        {
            return null;
        }

        using var file = HeldDirectory.Open(_entryPath, FileMode.Open);
        var length = RandomAccess.GetLength(file);
        if (length is <= MarkBytes or > MarkBytes + LargestEntryBytes)
        {
            return null;
        }

        // It may have outgrown the budget, see KeepInSteps.
        _ = _entryLease.TryReach(DiskLease.RoundUp(length));

        var content = new byte[length];
        if (RandomAccess.Read(file, content, fileOffset: 0) != length
            || !_directory.Key.IsSigned(ToSign(content.AsSpan(MarkBytes)), content.AsSpan(0, MarkBytes)))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(content.AsSpan(MarkBytes), HoldingJsonContext.Default.HeldEntry);
        }
        catch (JsonException)
        {
            // Of another version.
            return null;
        }
    }

    /// <summary>What the mark stands for: the entry, which has the length of the bytes, and the name of their file.</summary>
    private byte[] ToSign(ReadOnlySpan<byte> json)
        => [.. Encoding.UTF8.GetBytes($"beam entry\n{Name}\n"), .. json];
}
