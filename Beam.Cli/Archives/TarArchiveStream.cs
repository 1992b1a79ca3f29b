namespace Beam.Cli.Archives;

/// <summary>
/// Reads a folder as a tar archive, without storing the archive anywhere. The length is known in advance and reading may begin at any
/// byte, so a folder is sent like a file: with progress in percent, and resumed where it broke off.
/// </summary>
/// <remarks>
/// What is read again is compared by its reader with what was read before. This stream looks after files whose beginning is not read
/// again: such a file must not have been written to since it was opened first.
/// </remarks>
internal sealed class TarArchiveStream : Stream
{
    private const int EndBytes = 2 * TarHeader.BlockBytes;

    private readonly IReadOnlyList<ArchiveEntry> _entries;
    private readonly long[] _starts;
    private readonly (long Length, DateTime WrittenAt)?[] _opened;
    private long _position;
    private int _current = -1;
    private byte[] _header = [];
    private FileStream? _content;
    private bool _isChecked;

    public TarArchiveStream(IReadOnlyList<ArchiveEntry> entries)
    {
        _entries = entries;
        _starts = new long[entries.Count + 1];
        _opened = new (long, DateTime)?[entries.Count];
        for (var index = 0; index < entries.Count; index++)
        {
            var entry = entries[index];
            _starts[index + 1] = _starts[index] + TarHeader.Create(entry).Length + TarHeader.Padded(entry.Length);
        }

        Length = _starts[^1] + EndBytes;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (FileAt(buffer.Length) is not var (content, count))
        {
            return ReadBetweenFiles(buffer.Span);
        }

        return Advance(await content.ReadAsync(buffer[..count], cancellationToken));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
        => FileAt(buffer.Length) is var (content, count) ? Advance(content.Read(buffer[..count])) : ReadBetweenFiles(buffer);

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        var position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(position, nameof(offset));
        _isChecked &= position >= _position;
        return _position = position;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// The file whose content is at the position, and how much of it to read; <see langword="null"/> in headers, padding and the end.
    /// </summary>
    private (FileStream Content, int Count)? FileAt(int wanted)
    {
        if (wanted == 0 || _position >= _starts[^1])
        {
            return null;
        }

        MoveTo(EntryAt(_position));
        var entry = _entries[_current];
        var offset = _position - _starts[_current] - _header.Length;
        if (offset < 0 || offset >= entry.Length)
        {
            return null;
        }

        _content ??= Open(entry);
        Check(_content, offset);
        if (_content.Position != offset)
        {
            _content.Position = offset;
        }

        return (_content, (int)Math.Min(wanted, entry.Length - offset));
    }

    private int ReadBetweenFiles(Span<byte> buffer)
    {
        var end = Length;
        ReadOnlySpan<byte> source = [];
        if (_position < _starts[^1])
        {
            var offset = _position - _starts[_current];
            if (offset < _header.Length)
            {
                source = _header.AsSpan((int)offset);
                end = _starts[_current] + _header.Length;
            }
            else
            {
                end = _starts[_current + 1];
            }
        }

        var count = (int)Math.Clamp(end - _position, 0, buffer.Length);
        if (source.IsEmpty)
        {
            buffer[..count].Clear();
        }
        else
        {
            source[..count].CopyTo(buffer);
        }

        _position += count;
        return count;
    }

    private int Advance(int count)
    {
        if (count == 0)
        {
            throw new IOException($"{_entries[_current].SourcePath} became shorter while it was being sent.");
        }

        _position += count;
        return count;
    }

    private int EntryAt(long position)
    {
        // Mostly it is the current entry or the next.
        if (_current >= 0 && _starts[_current] <= position)
        {
            for (var index = _current; index < Math.Min(_current + 2, _entries.Count); index++)
            {
                if (position < _starts[index + 1])
                {
                    return index;
                }
            }
        }

        var found = Array.BinarySearch(_starts, position);
        return found >= 0 ? found : ~found - 1;
    }

    private void MoveTo(int index)
    {
        if (index == _current)
        {
            return;
        }

        _content?.Dispose();
        _content = null;
        _isChecked = false;
        _current = index;
        _header = TarHeader.Create(_entries[index]);
    }

    private void Check(FileStream file, long offset)
    {
        if (_isChecked)
        {
            return;
        }

        var now = (file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));
        if (offset > 0 && _opened[_current] is { } before && before != now)
        {
            throw new IOException($"{_entries[_current].SourcePath} has changed while it was sent.");
        }

        _opened[_current] = now;
        _isChecked = true;
    }

    private static FileStream Open(ArchiveEntry entry)
    {
        var file = new FileStream(
            entry.SourcePath,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0,
            useAsync: false);
        if (file.Length >= entry.Length)
        {
            return file;
        }

        file.Dispose();
        throw new IOException($"{entry.SourcePath} became shorter before it was sent.");
    }
}
