using Microsoft.Win32.SafeHandles;

namespace Beam.Buffering;

/// <summary>One file of a spilled transfer: preallocated, filled once from front to back, gone when it is closed.</summary>
internal sealed class SpillSegment : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly SpillShare _share;
    private readonly BufferBudget _files;
    private int _isDisposed;

    private SpillSegment(SafeFileHandle file, SpillShare share, BufferBudget files, long offset, long capacityBytes)
    {
        _file = file;
        _share = share;
        _files = files;
        Offset = offset;
        CapacityBytes = capacityBytes;
    }

    public long Offset { get; }

    /// <summary>Gets how many bytes are preallocated and leased.</summary>
    public long CapacityBytes { get; private set; }

    /// <summary>Gets how many bytes are written. Written by the appender, under its buffer's lock.</summary>
    public long Length { get; private set; }

    public long End => Offset + Length;

    public long RoomBytes => CapacityBytes - Length;

    /// <summary>
    /// Creates the file. The caller has leased <paramref name="capacityBytes"/> from the share, and one of the files that may be open; on
    /// success the segment owns both.
    /// </summary>
    /// <exception cref="IOException">The disk is full or refuses the file.</exception>
    public static SpillSegment Create(
        SpillDirectory directory,
        SpillShare share,
        BufferBudget files,
        long offset,
        long capacityBytes)
        => new(directory.CreateFile(capacityBytes), share, files, offset, capacityBytes);

    /// <summary>Writes behind what is there; the bytes count after <see cref="Commit"/>.</summary>
    /// <exception cref="IOException">The disk is full or refuses the bytes.</exception>
    public async ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> bytes)
    {
        try
        {
            await RandomAccess.WriteAsync(_file, bytes, Length, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // That is what .NET makes of EFBIG.
            throw new IOException("The file would be larger than the system allows.", exception);
        }
    }

    public void Commit(long bytes) => Length += bytes;

    /// <summary>Gives back, under its buffer's lock, what the file has not filled. Nothing may be written to it any more.</summary>
    public void Trim()
    {
        try
        {
            RandomAccess.SetLength(_file, Length);
        }
        catch (IOException)
        {
            // The disk keeps the blocks, so that they stay leased.
            return;
        }

        var rest = RoomBytes;
        CapacityBytes = Length;
        _share.Return(rest);
    }

    public ValueTask<int> ReadAsync(Memory<byte> bytes, long offset)
        => RandomAccess.ReadAsync(_file, bytes, offset - Offset, CancellationToken.None);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _file.Dispose();
            _share.Return(CapacityBytes);
            _files.Return(1);
        }
    }
}
