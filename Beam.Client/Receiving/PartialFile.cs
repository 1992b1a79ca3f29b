using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>
/// An open file that is beside its target until it is complete. Its name is taken from nobody: it did not exist before, and the file is
/// found again only by the journal.
/// </summary>
internal sealed class PartialFile : IAsyncDisposable
{
    private const int BlockBytes = 128 * 1024;

    private readonly FileStream _stream;
    private bool _isNameFlushed;

    private PartialFile(FileStream stream)
    {
        _stream = stream;
        Identity = FileIdentity.Of(stream.SafeFileHandle)?.Identity;
    }

    /// <summary>Gets its path.</summary>
    public string Path => _stream.Name;

    /// <summary>Gets which file it is; <see langword="null"/> where the system does not tell it.</summary>
    public FileIdentity? Identity { get; }

    /// <summary>Gets its length in bytes.</summary>
    public long Length => _stream.Length;

    /// <summary>Makes a new one beside a target.</summary>
    public static PartialFile Create(string target)
        => new(new FileStream(PartialName.New(target), Options(FileMode.CreateNew)));

    /// <summary>Opens what an earlier run has left.</summary>
    /// <returns>
    /// The file; <see langword="null"/> when there is none, when another process has it open, or when something else is there now: a link,
    /// a file that another name leads to as well, or another file.
    /// </returns>
    public static PartialFile? TryOpen(string path, FileIdentity? identity)
    {
        try
        {
            // Before it is opened: to open a pipe is to wait for its other end.
            if (!(identity?.IsAt(path) ?? true) || new FileInfo(path) is not { Exists: true, LinkTarget: null })
            {
                return null;
            }

            var stream = new FileStream(path, Options(FileMode.Open));
            var found = FileIdentity.Of(stream.SafeFileHandle);
            if (stream.CanSeek && found?.Identity == identity && found is null or { HasOneName: true })
            {
                return new PartialFile(stream);
            }

            stream.Dispose();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Looks how much of the file is what was received: as much as some point of the journal has the digest of. The rest is cut off, so
    /// that writing goes on there.
    /// </summary>
    /// <param name="points">What the journal has, the first point first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The digest of what is left, which the caller disposes. It can go on.</returns>
    public async Task<(long Bytes, IncrementalHash Hash)> KeepProvenAsync(
        IReadOnlyList<JournalPoint> points,
        CancellationToken cancellationToken)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (bytes, proven) = (0L, hash.Clone());
        try
        {
            var block = new byte[BlockBytes];
            var position = 0L;
            foreach (var point in points)
            {
                while (position < point.Bytes)
                {
                    var most = (int)Math.Min(block.Length, point.Bytes - position);
                    var count = await _stream.ReadAsync(block.AsMemory(0, most), cancellationToken).ConfigureAwait(false);
                    if (count == 0)
                    {
                        break;
                    }

                    hash.AppendData(block, 0, count);
                    position += count;
                }

                if (position == point.Bytes && point.Is(hash))
                {
                    proven.Dispose();
                    (bytes, proven) = (position, hash.Clone());
                }
            }

            _stream.SetLength(bytes);
            _stream.Position = bytes;
            return (bytes, proven);
        }
        catch
        {
            proven.Dispose();
            throw;
        }
        finally
        {
            hash.Dispose();
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        => _stream.WriteAsync(bytes, cancellationToken);

    /// <summary>Brings everything to where it survives a loss of power. It waits for the disk.</summary>
    public void FlushToDisk()
    {
        RandomAccess.FlushToDisk(_stream.SafeFileHandle);
        if (!_isNameFlushed)
        {
            FolderNames.Flush(System.IO.Path.GetDirectoryName(Path)!);
            _isNameFlushed = true;
        }
    }

    /// <summary>Looks whether its name still leads to it.</summary>
    /// <exception cref="IOException">Another program has moved or replaced it.</exception>
    public void EnsureThere()
    {
        if (!IsThere())
        {
            throw new IOException($"Another program has moved or replaced {Path}, which was being received.");
        }
    }

    /// <summary>Closes it and gives it the name of its target.</summary>
    /// <exception cref="IOException">Something has that name and may not be replaced, or the file is no longer where it was.</exception>
    public async ValueTask PublishAsync(string target, bool overwrite)
    {
        EnsureThere();
        await _stream.DisposeAsync().ConfigureAwait(false);
        if (overwrite)
        {
            File.Move(Path, target, overwrite);
        }
        else
        {
            ExclusiveRename.Move(Path, target);
        }

        FolderNames.Flush(System.IO.Path.GetDirectoryName(target)!);
    }

    /// <summary>Closes it and deletes it.</summary>
    public async ValueTask DeleteAsync()
    {
        var isThere = IsThere();
        await _stream.DisposeAsync().ConfigureAwait(false);
        if (isThere)
        {
            File.Delete(Path);
        }
    }

    /// <summary>Closes it. It stays.</summary>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private bool IsThere() => Identity?.IsAt(Path) ?? new FileInfo(Path) is { Exists: true, LinkTarget: null };

    private static FileStreamOptions Options(FileMode mode) => new()
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        Options = FileOptions.Asynchronous,
        BufferSize = 0,
    };
}
