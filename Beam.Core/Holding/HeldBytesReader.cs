using Beam.Buffering;
using Microsoft.Win32.SafeHandles;

namespace Beam.Holding;

/// <summary>Reads what was handed in, for as many receivers as there are.</summary>
/// <param name="bytes">The file.</param>
/// <param name="pool">Lends the memory.</param>
/// <param name="ended">Ends when the file is not read any more.</param>
internal sealed class HeldBytesReader(HeldBytes bytes, ChunkPool pool, Task ended)
{
    /// <summary>Reads some of the bytes that are there.</summary>
    /// <returns>
    /// The bytes, or why there are none. <see cref="ChunkReadStatus.Failed"/> means that they are lost or that the file has ended.
    /// </returns>
    public async ValueTask<ChunkRead> ReadAsync(long offset, long availableBytes, CancellationToken cancellationToken)
    {
        try
        {
            // The file comes before the memory: a reader that waits for the file must not hold memory that others need to close theirs.
            if (await bytes.EnterAsync(ended, cancellationToken).ConfigureAwait(false) is not { } file)
            {
                return NothingRead();
            }

            try
            {
                return await ReadAsync(file, offset, availableBytes, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                bytes.Leave();
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or ObjectDisposedException)
        {
            // Somebody has deleted it, or the transfer has ended.
            return ChunkRead.None(ChunkReadStatus.Failed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The system opens no file now: the process has no descriptor left, for example. That says nothing of the bytes.
            return ChunkRead.None(ChunkReadStatus.Unavailable);
        }
    }

    private async ValueTask<ChunkRead> ReadAsync(
        SafeFileHandle file,
        long offset,
        long availableBytes,
        CancellationToken cancellationToken)
    {
        if (await pool.RentForReadingAsync(ended, cancellationToken).ConfigureAwait(false) is not { } chunk)
        {
            return NothingRead();
        }

        var isLeased = false;
        try
        {
            var wanted = chunk.Whole[..(int)Math.Min(chunk.Capacity, availableBytes)];
            var count = await RandomAccess.ReadAsync(file, wanted, offset, CancellationToken.None).ConfigureAwait(false);
            isLeased = count > 0;
            return isLeased ? ChunkRead.Bytes(wanted[..count], chunk) : ChunkRead.None(ChunkReadStatus.Failed);
        }
        catch (IOException)
        {
            // The disk has lost it.
            return ChunkRead.None(ChunkReadStatus.Failed);
        }
        finally
        {
            if (!isLeased)
            {
                chunk.Dispose();
            }
        }
    }

    private ChunkRead NothingRead() => ChunkRead.None(ended.IsCompleted ? ChunkReadStatus.Failed : ChunkReadStatus.Interrupted);
}
