using System.Text.Json;
using Beam.Buffering;
using Beam.Transfers;

namespace Beam.Holding;

/// <summary>
/// The file of what the relay knows of one channel. It lies on the disk as long as an accepted file of the channel does, and is written
/// anew when the channel's tokens change: once, however many files there are, and once for all changes that come while the disk is busy.
/// </summary>
/// <remarks>
/// Thread-safe. The disk works outside the channel's lock, for one writer at a time. It asks for the latest then, so no change is lost.
/// </remarks>
internal sealed class HeldChannelFile
{
    private readonly HeldDirectory _directory;
    private readonly SignedFile _file;

    // Held while the disk works.
    private readonly Lock _diskLock = new();

    // Guards what follows, for moments.
    private readonly Lock _lock = new();
    private Task _saved = Task.CompletedTask;
    private bool _isSavePending;
    private int _users;
    private bool _outlivesUs;

    // Until the folder is flushed, a power cut could bring the file back, and with it tokens that are revoked later.
    private bool _isDeletionPending;

    public HeldChannelFile(HeldDirectory directory, string name, BufferBudget disk)
    {
        _directory = directory;
        _file = new SignedFile(directory, new DiskLease(disk), name, HeldDirectory.ChannelExtension);
        Name = name;
    }

    /// <summary>Gets what it is called, without its extension. Entries name their channel so.</summary>
    public string Name { get; }

    /// <summary>Gets the name of the file, for logs.</summary>
    public string FileName => Name + HeldDirectory.ChannelExtension;

    /// <summary>
    /// Counts a file of the channel that is, or is about to be, an accepted one, or may be one that this process could not read. Callers
    /// may hold the channel's lock.
    /// </summary>
    public void Enter()
    {
        lock (_lock)
        {
            _users++;
        }
    }

    /// <summary>Counts a file less. After the last of them this file is deleted, unless one is left to the next process.</summary>
    public void Leave(bool outlivesUs)
    {
        lock (_diskLock)
        {
            lock (_lock)
            {
                _outlivesUs |= outlivesUs;
                _users--;
                if (_users > 0)
                {
                    return;
                }

                _isDeletionPending = !_outlivesUs;
            }

            if (_outlivesUs)
            {
                _file.Close();
            }
            else
            {
                _file.Delete();
            }
        }
    }

    /// <summary>
    /// Writes down what the relay knows of the channel, if it has accepted files. A save that has not begun yet does for all callers that
    /// have come until then.
    /// </summary>
    /// <returns>A task that ends when what was so at the call has reached the disk, and fails when the disk has refused it.</returns>
    public Task SaveAsync(BeamChannel channel)
    {
        lock (_lock)
        {
            if (_users == 0 && !_isDeletionPending)
            {
                return Task.CompletedTask;
            }

            if (!_isSavePending)
            {
                _isSavePending = true;
                _saved = SaveAfterAsync(_saved, channel);
            }

            return _saved;
        }
    }

    /// <summary>Reads what a former process has written.</summary>
    /// <returns><see langword="null"/> when the relay has not written it, or when it is damaged.</returns>
    /// <exception cref="IOException">The disk or the system refuses it now, which says nothing of the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The system refuses it.</exception>
    public HeldChannel? TryRead()
    {
        try
        {
            return _file.TryRead() is { } json ? JsonSerializer.Deserialize(json, HoldingJsonContext.Default.HeldChannel) : null;
        }
        catch (JsonException)
        {
            // Of another version.
            return null;
        }
    }

    /// <summary>Deletes it, when no file of the channel was found.</summary>
    public void Delete() => _file.Delete();

    private async Task SaveAfterAsync(Task before, BeamChannel channel)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            // What changes from now on may be too late for this save.
            _isSavePending = false;
        }

        await _directory.WriteNoteAsync(() => Save(channel)).ConfigureAwait(false);
    }

    private void Save(BeamChannel channel)
    {
        lock (_diskLock)
        {
            bool isUsed;
            lock (_lock)
            {
                isUsed = _users > 0;
            }

            if (isUsed)
            {
                _file.Write(JsonSerializer.SerializeToUtf8Bytes(HeldChannel.Of(channel), HoldingJsonContext.Default.HeldChannel));
            }
            else
            {
                FolderFlush.Flush(_directory.Path);
            }

            lock (_lock)
            {
                // Only what was deleted before: somebody may have come and gone since, but not without the disk's lock.
                _isDeletionPending = false;
            }
        }
    }
}
