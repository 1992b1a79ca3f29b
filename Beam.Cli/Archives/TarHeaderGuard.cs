namespace Beam.Cli.Archives;

/// <summary>
/// Passes a tar archive on, and refuses headers that are larger than any honest header: a reader takes as much memory for them as they
/// claim.
/// </summary>
internal sealed class TarHeaderGuard(Stream archive) : Stream
{
    // Enough for the longest paths and links, and for what other programs add.
    private const int MaxHeaderBytes = 1 << 20;

    private bool _inHeader;
    private int _headerBytes;
    private long _zeros;

    /// <summary>Gets a value indicating whether the last block that was read is all zeros, as at the end of an archive.</summary>
    public bool IsAtEnd => _zeros >= TarHeader.BlockBytes;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What is read from here on is a header, until <see cref="EnterContent"/>.</summary>
    public void EnterHeader()
    {
        _inHeader = true;
        _headerBytes = 0;
        _zeros = 0;
    }

    /// <summary>What is read from here on is the content of a file.</summary>
    public void EnterContent() => _inHeader = false;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        Check(buffer.Length);
        return Note(buffer[..archive.Read(buffer)]);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check(buffer.Length);
        var count = await archive.ReadAsync(buffer, cancellationToken);
        return Note(buffer.Span[..count]);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Check(int wanted)
    {
        if (_inHeader && _headerBytes + (long)wanted > MaxHeaderBytes)
        {
            throw new ArchiveRefusedException("An entry has a header of more than a megabyte.");
        }
    }

    private int Note(ReadOnlySpan<byte> read)
    {
        if (_inHeader)
        {
            _headerBytes += read.Length;
            var last = read.LastIndexOfAnyExcept((byte)0);
            _zeros = last < 0 ? _zeros + read.Length : read.Length - 1 - last;
        }

        return read.Length;
    }
}
