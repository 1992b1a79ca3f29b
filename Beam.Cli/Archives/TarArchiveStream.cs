using System.IO.Hashing;

namespace Beam.Cli.Archives;

/// <summary>
/// Reads a folder as a tar archive, without storing the archive anywhere. The length is known in advance and reading may begin at any
/// byte, so a folder is sent like a file: with progress in percent, and resumed where it broke off.
/// </summary>
/// <remarks>
/// What is read again is compared by its reader with what was read before. This stream looks after each file by itself:
/// <list type="bullet">
/// <item>A file whose beginning is not read again must not have been written to since it was opened first.</item>
/// <item>At its end, a file that was written to meanwhile is read once more and compared. It may have grown, or only been touched.</item>
/// </list>
/// A file of more than a GiB that has grown is not read once more: a large log must not miss the server's stall limit.
/// </remarks>
internal sealed class TarArchiveStream : Stream
{
    private const int EndBytes = 2 * TarHeader.BlockBytes;
    private const long MostComparedOfGrown = 1024 * 1024 * 1024;

    private readonly IReadOnlyList<ArchiveEntry> _entries;
    private readonly long[] _starts;
    private readonly (long Length, DateTime WrittenAt)?[] _opened;
    private long _position;
    private int _current = -1;
    private byte[] _header = [];
    private FileStream? _content;
    private bool _isChecked;

    // What was read of the current file, from its first byte on. Nobody attacks a sender with the sender's own files: a fast hash will do.
    private readonly XxHash128 _read = new();
    private long _readTo;

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

        var read = await content.ReadAsync(buffer[..count], cancellationToken);
        return Advance(buffer.Span[..read]);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
        => FileAt(buffer.Length) is var (content, count) ? Advance(buffer[..content.Read(buffer[..count])]) : ReadBetweenFiles(buffer);

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

    private int Advance(ReadOnlySpan<byte> bytes)
    {
        var entry = _entries[_current];
        if (bytes.IsEmpty)
        {
            throw new IOException($"{entry.SourcePath} became shorter while it was being sent.");
        }

        var offset = _position - _starts[_current] - _header.Length;
        if (offset <= _readTo && _readTo < offset + bytes.Length)
        {
            _read.Append(bytes[(int)(_readTo - offset)..]);
            _readTo = offset + bytes.Length;
        }

        if (offset + bytes.Length == entry.Length)
        {
            EnsureOneState(entry);
        }

        _position += bytes.Length;
        return bytes.Length;
    }

    /// <summary>The last byte of a file is read, and has not left. What was read must be one state of the file.</summary>
    private void EnsureOneState(ArchiveEntry entry)
    {
        var (before, now) = (_opened[_current]!.Value, Stamp(_content!));
        if (now == before || (now.Length > before.Length && entry.Length > MostComparedOfGrown))
        {
            return;
        }

        if (_readTo < entry.Length || !IsAsRead(entry))
        {
            throw Changed(entry);
        }

        _opened[_current] = now;
    }

    private bool IsAsRead(ArchiveEntry entry)
    {
        var again = new XxHash128();
        var block = new byte[128 * 1024];
        _content!.Position = 0;
        for (var left = entry.Length; left > 0;)
        {
            var count = _content.Read(block, 0, (int)Math.Min(block.Length, left));
            if (count == 0)
            {
                return false;
            }

            again.Append(block.AsSpan(0, count));
            left -= count;
        }

        return again.GetCurrentHash().AsSpan().SequenceEqual(_read.GetCurrentHash());
    }

    private static IOException Changed(ArchiveEntry entry) => new($"{entry.SourcePath} has changed while it was sent.");

    private static (long Length, DateTime WrittenAt) Stamp(FileStream file) => (file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));

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
        _read.Reset();
        _readTo = 0;
        _current = index;
        _header = TarHeader.Create(_entries[index]);
    }

    private void Check(FileStream file, long offset)
    {
        if (_isChecked)
        {
            return;
        }

        var now = Stamp(file);
        if (offset > 0 && _opened[_current] is { } before && before != now)
        {
            throw Changed(_entries[_current]);
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
