using Beam.Buffering;
using Microsoft.Win32.SafeHandles;

namespace Beam.Holding;

/// <summary>
/// The file of the bytes of a hand-in. It is open while it is written, and later while somebody reads: an accepted file that waits for its
/// receivers takes no descriptor.
/// </summary>
/// <remarks>Thread-safe. The lock is held while the system opens or closes the file, which it refuses to open twice.</remarks>
internal sealed class HeldBytes
{
    private readonly Lock _lock = new();
    private readonly BufferBudget _files;
    private readonly string _path;
    private SafeFileHandle? _file;
    private int _users;
    private bool _isWritten;
    private bool _isAttended;
    private bool _isClosed;

    /// <summary>Takes up a file that is there, and does not open it yet.</summary>
    /// <param name="files">The files that may be open.</param>
    /// <param name="path">Where the file is when nobody writes it any more.</param>
    public HeldBytes(BufferBudget files, string path)
    {
        _files = files;
        _path = path;
    }

    private HeldBytes(BufferBudget files, string path, SafeFileHandle file)
        : this(files, path)
    {
        _file = file;
        _isWritten = true;
    }

    /// <summary>Creates a file, which stays open until <see cref="EndWriting"/>.</summary>
    /// <param name="files">The files that may be open. A new one leaves some to those that read.</param>
    /// <param name="partPath">Where it is at first.</param>
    /// <param name="path">Where it will be when nobody writes it any more.</param>
    /// <exception cref="IOException">The disk is full or refuses the file, or as many are open as may be.</exception>
    /// <exception cref="UnauthorizedAccessException">The disk refuses the file.</exception>
    public static HeldBytes Create(BufferBudget files, string partPath, string path)
    {
        if (!files.TryLease(1, BudgetPriority.ReadAhead))
        {
            throw new IOException("As many files are open as may be.");
        }

        try
        {
            return new HeldBytes(files, path, HeldDirectory.Open(partPath, FileMode.CreateNew));
        }
        catch
        {
            files.Return(1);
            throw;
        }
    }

    /// <summary>Notes whether somebody is reading: then the file stays open from one read to the next.</summary>
    public void Attend(bool isAttended)
    {
        lock (_lock)
        {
            _isAttended = isAttended;
            CloseIfIdle_NeedsLock();
        }
    }

    /// <summary>Notes that nothing is written any more, and that the file lies where it stays.</summary>
    public void EndWriting()
    {
        lock (_lock)
        {
            _isWritten = false;
            CloseIfIdle_NeedsLock();
        }
    }

    /// <summary>Closes the file if others wait for one and nobody uses it at the moment.</summary>
    public void GiveWay()
    {
        // Callers hold other locks, and must not wait for a disk that opens the file: it is in use then anyway.
        if (_files.IsShort && _lock.TryEnter())
        {
            try
            {
                CloseIfIdle_NeedsLock();
            }
            finally
            {
                _lock.Exit();
            }
        }
    }

    /// <summary>Uses the file, which is opened if need be, until <see cref="Leave"/>. It waits while as many are open as may be.</summary>
    /// <param name="ended">Ends the wait of everybody.</param>
    /// <param name="cancellationToken">Ends the wait of this caller.</param>
    /// <returns>The file; <see langword="null"/> when one of the two came first.</returns>
    /// <exception cref="FileNotFoundException">Somebody has deleted it.</exception>
    /// <exception cref="IOException">The disk or the system refuses it now.</exception>
    /// <exception cref="UnauthorizedAccessException">The system refuses it.</exception>
    /// <exception cref="ObjectDisposedException">It has been closed for good.</exception>
    public async ValueTask<SafeFileHandle?> EnterAsync(Task ended, CancellationToken cancellationToken)
    {
        if (TryEnter() is { } file)
        {
            return file;
        }

        return await _files.LeaseAsync(1, BudgetPriority.Essential, ended, cancellationToken).ConfigureAwait(false) ? Enter() : null;
    }

    /// <summary>Uses the file while it is written, until <see cref="Leave"/>.</summary>
    /// <exception cref="ObjectDisposedException">It has been closed for good, or nobody writes it any more.</exception>
    public SafeFileHandle EnterToWrite()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(!_isWritten || _file is null, this);
            _users++;
            return _file;
        }
    }

    /// <summary>Writes bytes at an offset.</summary>
    /// <exception cref="IOException">The disk is full or refuses the bytes.</exception>
    /// <exception cref="ObjectDisposedException">It has been closed for good, or nobody writes it any more.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset)
    {
        var file = EnterToWrite();
        try
        {
            await RandomAccess.WriteAsync(file, bytes, offset, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Brings what was written to the disk.</summary>
    /// <returns>How many bytes the file has.</returns>
    /// <exception cref="IOException">The disk refuses the bytes.</exception>
    /// <exception cref="ObjectDisposedException">It has been closed for good, or nobody writes it any more.</exception>
    public long Flush()
    {
        var file = EnterToWrite();
        try
        {
            RandomAccess.FlushToDisk(file);
            return RandomAccess.GetLength(file);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Ends a use.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _users--;
            CloseIfIdle_NeedsLock();
        }
    }

    /// <summary>Closes the file for good.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Close_NeedsLock();
        }
    }

    private SafeFileHandle? TryEnter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_file is null && !_files.TryLease(1, BudgetPriority.Essential))
            {
                return null;
            }

            return Enter_NeedsLock();
        }
    }

    /// <summary>Uses the file with a place among the open ones that is leased already.</summary>
    private SafeFileHandle Enter()
    {
        lock (_lock)
        {
            if (_isClosed || _file is not null)
            {
                _files.Return(1);
            }

            ObjectDisposedException.ThrowIf(_isClosed, this);
            return Enter_NeedsLock();
        }
    }

    private SafeFileHandle Enter_NeedsLock()
    {
        if (_file is null)
        {
            try
            {
                _file = HeldDirectory.TryOpen(_path) ?? throw new FileNotFoundException();
            }
            catch
            {
                _files.Return(1);
                throw;
            }
        }

        _users++;
        return _file;
    }

    private void CloseIfIdle_NeedsLock()
    {
        if (_users == 0 && !_isWritten && (!_isAttended || _files.IsShort))
        {
            Close_NeedsLock();
        }
    }

    private void Close_NeedsLock()
    {
        if (_file is not null)
        {
            _file.Dispose();
            _file = null;
            _files.Return(1);
        }
    }
}
