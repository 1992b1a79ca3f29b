using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>A file. Until it is complete and verified, it is beside its target under another name.</summary>
internal sealed class FileTarget(string path, BeamReceiveOptions options) : ReceiveTarget
{
    private const int BlockBytes = 128 * 1024;

    private readonly string _path = Path.GetFullPath(path);
    private string? _target;
    private FileStream? _partial;

    public override async ValueTask<(string Id, long Bytes)?> FindAsync(
        string? name,
        IncrementalHash hash,
        CancellationToken cancellationToken)
    {
        EnsureWritable();
        if (IsFolder() && name is null)
        {
            return null;
        }

        _target = Target(name is null ? null : SafeFileName.From(name));
        foreach (var (found, id) in options.Resume ? PartialName.Find(_target) : [])
        {
            if (TryOpen(found) is not { } partial)
            {
                continue;
            }

            _partial = partial;
            var buffer = new byte[BlockBytes];
            int count;
            while ((count = await _partial.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                hash.AppendData(buffer, 0, count);
            }

            return (id, _partial.Position);
        }

        return null;
    }

    public override async ValueTask BeginAsync(BeamFile file, CancellationToken cancellationToken)
    {
        _target = Target(file.SafeName);
        await DiscardAsync().ConfigureAwait(false);
        CheckSpace(file.Length);
        _partial = new FileStream(PartialName.Of(_target, file.Id), new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        });
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        => _partial!.WriteAsync(bytes, cancellationToken);

    public override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        // On another thread, because it waits for the disk.
        var partial = _partial!;
        await Task.Run(() => partial.Flush(flushToDisk: true), cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask<string?> PublishAsync()
    {
        var partial = _partial!;
        _partial = null;
        await partial.DisposeAsync().ConfigureAwait(false);
        try
        {
            File.Move(partial.Name, _target!, options.Overwrite);
        }
        catch (IOException exception) when (!options.Overwrite && File.Exists(_target))
        {
            throw Exists(exception);
        }

        return _target;
    }

    public override async ValueTask DiscardAsync()
    {
        if (_partial is { } partial)
        {
            _partial = null;
            await partial.DisposeAsync().ConfigureAwait(false);
            File.Delete(partial.Name);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_partial is { } partial)
        {
            _partial = null;
            var isEmpty = partial.Length == 0;
            await partial.DisposeAsync().ConfigureAwait(false);
            if (isEmpty)
            {
                File.Delete(partial.Name);
            }
        }
    }

    private static FileStream? TryOpen(string found)
    {
        try
        {
            return new FileStream(found, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = FileOptions.Asynchronous,
                BufferSize = 0,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process has it open.
            return null;
        }
    }

    /// <summary>
    /// Finds out before the file is claimed whether it can be stored at all. Later is too late: HttpClient reads the rest of a small file
    /// even if nobody wants it any more, and the server takes that for a delivery.
    /// </summary>
    private void EnsureWritable()
    {
        var folder = IsFolder() ? _path : Path.GetDirectoryName(_path) ?? _path;
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
        return !options.Overwrite && File.Exists(target) ? throw Exists() : target;
    }

    private static BeamException Exists(Exception? exception = null)
        => new(BeamError.TargetExists, "A file of that name already exists.", exception);

    private void CheckSpace(long? length)
    {
        if (length is { } bytes && FreeSpace(Path.GetDirectoryName(_target)!) is { } free && free < bytes)
        {
            throw new BeamException(BeamError.NoLocalSpace, $"The file has {bytes} bytes, and only {free} are free here.");
        }
    }

    private static long? FreeSpace(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // A network path, or a system that does not tell its free space.
            return null;
        }
    }
}
