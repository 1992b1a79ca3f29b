using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>
/// A file. Until it is complete and verified, it is beside its target under another name, and a journal in the user's own folder says
/// how much of it is proven.
/// </summary>
internal sealed class FileTarget(string path, BeamLink link, BeamReceiveOptions options, TimeProvider timeProvider) : ReceiveTarget
{
    // What a killed program loses at most. A server keeps some MiB more than that of what it has sent.
    private const long NoteBytes = 1024 * 1024;
    private static readonly TimeSpan NoteInterval = TimeSpan.FromSeconds(1);

    private readonly string _path = Path.GetFullPath(path);
    private string? _target;
    private PartialFile? _partial;
    private ReceiveJournal? _journal;

    // Whether what has come stays when the disk is full.
    private bool _staysWhenFull;

    // What has been received, and what of it was noted and flushed, when.
    private (long Bytes, IncrementalHash? Hash) _received;
    private (long Bytes, long At) _noted;
    private (long Bytes, long At) _flushed;
    private Task _flushing = Task.CompletedTask;

    public override async ValueTask<FoundPart?> FindAsync(string? name, CancellationToken cancellationToken)
    {
        EnsureWritable();
        if (IsFolder() && name is null)
        {
            return null;
        }

        _target = Target(name is null ? null : SafeFileName.From(name));
        if (OpenJournal(name) is not ({ } head, { } points) || PartialFile.TryOpen(head.Path!, head.Identity) is not { } partial)
        {
            return null;
        }

        _partial = partial;
        if (!options.Resume || head.Transfer is not { } id)
        {
            await DeletePartialAsync().ConfigureAwait(false);
            return null;
        }

        var (bytes, hash) = await partial.KeepProvenAsync(points, cancellationToken).ConfigureAwait(false);
        Begin(bytes);
        _staysWhenFull = true;
        return new FoundPart(id, bytes, hash);
    }

    public override async ValueTask BeginAsync(BeamFile file, CancellationToken cancellationToken)
    {
        _target = Target(file.SafeName);
        await DeletePartialAsync().ConfigureAwait(false);
        if (_journal is null && OpenJournal(file.Name) is ({ } head, _))
        {
            // An earlier run of this link, which asked for the next file whatever its name, and so could not know of it.
            _partial = PartialFile.TryOpen(head.Path!, head.Identity);
            await DeletePartialAsync().ConfigureAwait(false);
        }

        _staysWhenFull = file.Length is not null;
        if (file.Length is { } length)
        {
            DiskRoom.Check(Path.GetDirectoryName(_target)!, length);
        }

        _partial = PartialFile.Create(_target);
        Try(journal => journal.Begin(JournalHead.Of(_partial, file.Id)));
        Begin(0);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _partial!.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception) when (DiskRoom.IsLack(exception))
        {
            throw await FullAsync(exception).ConfigureAwait(false);
        }
    }

    public override async ValueTask NoteAsync(long bytes, IncrementalHash hash)
    {
        _received = (bytes, hash);
        if (!IsDue(_noted, NoteBytes, NoteInterval))
        {
            return;
        }

        var point = JournalPoint.Of(bytes, hash);
        Try(journal => journal.Note(point));
        _noted = Now();
        if (DiskRoom.IsShort(Path.GetDirectoryName(_target)!))
        {
            throw await FullAsync().ConfigureAwait(false);
        }

        if (IsDue(_flushed, options.FlushBytes, options.FlushInterval) && _flushing.IsCompleted)
        {
            await _flushing.ConfigureAwait(false);
            _flushed = Now();
            _flushing = Task.Run(() => Flush(point), CancellationToken.None);
        }
    }

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _flushing.ConfigureAwait(false);
        NoteReceived();

        // On another thread, because it waits for the disk.
        var partial = _partial!;
        await Task.Run(partial.FlushToDisk, cancellationToken).ConfigureAwait(false);

        // What can be known to fail at the end must fail now: after this, the sender hears that the file is there.
        partial.EnsureThere();
        if (options.Overwrite ? Directory.Exists(_target) : Path.Exists(_target))
        {
            throw Came(partial);
        }
    }

    public override async ValueTask<string?> PublishAsync()
    {
        var partial = _partial!;
        _partial = null;
        try
        {
            await partial.PublishAsync(_target!, options.Overwrite).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays, and a later run finds it.
            await partial.DisposeAsync().ConfigureAwait(false);
            _journal?.Dispose();
            _journal = null;
            throw !options.Overwrite && Path.Exists(_target)
                ? Came(partial, exception)
                : new IOException($"{exception.Message} What was received is in {partial.Path}.", exception);
        }

        DeleteJournal();
        return _target;
    }

    public override async ValueTask DiscardAsync()
    {
        await DeletePartialAsync().ConfigureAwait(false);
        DeleteJournal();
    }

    public override async ValueTask DisposeAsync()
    {
        await _flushing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_partial is null or { Length: 0 })
        {
            await DiscardAsync().ConfigureAwait(false);
        }
        else
        {
            NoteReceived();
            await _partial.DisposeAsync().ConfigureAwait(false);
            _journal?.Dispose();
        }
    }

    private void Begin(long bytes)
    {
        _received = (bytes, null);
        _noted = _flushed = Now();
    }

    private (long Bytes, long At) Now() => (_received.Bytes, timeProvider.GetTimestamp());

    private bool IsDue((long Bytes, long At) last, long bytes, TimeSpan interval)
        => _received.Bytes - last.Bytes >= bytes || timeProvider.GetElapsedTime(last.At) >= interval;

    private void NoteReceived()
    {
        if (_received is ({ } bytes, { } hash))
        {
            Try(journal => journal.Note(JournalPoint.Of(bytes, hash)));
        }
    }

    private void Flush(JournalPoint point)
    {
        _partial!.FlushToDisk();
        Try(journal => journal.NoteFlushed(point));
    }

    private (JournalHead Head, IReadOnlyList<JournalPoint> Points)? OpenJournal(string? name)
    {
        var named = link.Name is null && name is not null ? link.WithName(name) : link;
        _journal = options.FindStateFolder() is { } folder ? ReceiveJournal.TryOpen(folder, named, _target!, timeProvider) : null;
        return _journal?.Read();
    }

    /// <summary>
    /// Writes to the journal, if there is one. If the disk with the user's own folder is full or fails, only the chance to go on later is
    /// lost. May be called while the partial file is flushed.
    /// </summary>
    private void Try(Action<ReceiveJournal> write)
    {
        try
        {
            if (_journal is { } journal)
            {
                write(journal);
            }
        }
        catch (IOException)
        {
            // The points that it has count.
        }
    }

    private void DeleteJournal()
    {
        _journal?.Delete();
        _journal = null;
    }

    private async ValueTask DeletePartialAsync()
    {
        await _flushing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_partial is { } partial)
        {
            _partial = null;
            await partial.DeleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Says that the disk is full. What has come of a file of known length stays: with some room it can become whole. A file without a
    /// length may never end.
    /// </summary>
    private async ValueTask<BeamException> FullAsync(Exception? cause = null)
    {
        if (_staysWhenFull && _journal is not null)
        {
            return new BeamException(
                BeamError.NoLocalSpace,
                $"The disk is full. What has come is in {_partial!.Path}: make room and try again soon, or delete it.",
                cause);
        }

        await DiscardAsync().ConfigureAwait(false);
        return new BeamException(BeamError.NoLocalSpace, "The disk is full. What had come was deleted.", cause);
    }

    /// <summary>
    /// Finds out before the file is claimed whether it can be stored at all. Later is too late: HttpClient reads the rest of a small file
    /// even if nobody wants it any more, and the server takes that for a delivery.
    /// </summary>
    private void EnsureWritable()
    {
        var folder = IsFolder() ? _path : Path.GetDirectoryName(_path) ?? _path;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder {folder}.");
        }

        using var _ = new FileStream(
            Path.Combine(folder, ".beam-" + Path.GetRandomFileName()),
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.None,
            bufferSize: 1,
            FileOptions.DeleteOnClose);
    }

    private bool IsFolder() => Directory.Exists(_path);

    private string Target(string? name)
    {
        var target = IsFolder() && name is not null ? Path.Combine(_path, name) : _path;
        return name is not null && Directory.Exists(target)
                ? throw Exists("A folder of that name already exists. Choose another name.", new IOException("The folder already exists."))
            : !options.Overwrite && File.Exists(target) ? throw Exists("A file of that name already exists.")
            : target;
    }

    private static BeamException Came(PartialFile partial, Exception? exception = null)
        => Exists(
            $"Something of that name has come into being meanwhile. What was received is in {partial.Path}.",
            exception ?? new IOException("The file already exists."));

    private static BeamException Exists(string message, Exception? exception = null) => new(BeamError.TargetExists, message, exception);
}
