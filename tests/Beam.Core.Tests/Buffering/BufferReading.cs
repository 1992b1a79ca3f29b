using Beam.Buffering;

namespace Beam.Core.Tests.Buffering;

/// <summary>Reads buffers as a receiver does, and checks every byte.</summary>
internal static class BufferReading
{
    public const int Seed = 7;

    /// <summary>Reads from <paramref name="offset"/> until there are no more bytes, releasing what was read.</summary>
    /// <returns>Where the reading ended and why.</returns>
    public static async Task<(long Offset, ChunkReadStatus Status)> ReadToEndAsync(
        this IChunkBuffer buffer,
        long offset = 0,
        bool releases = true)
    {
        while (true)
        {
            long count;
            using (var read = await buffer.ReadAsync(offset).Soon())
            {
                if (read.Status != ChunkReadStatus.Bytes)
                {
                    return (offset, read.Status);
                }

                Assert.Equal(-1, TestBytes.FindMismatch(Seed, offset, read.Memory.Span));
                count = read.Memory.Length;
            }

            Assert.NotEqual(0, count);
            offset += count;
            if (releases)
            {
                buffer.Release(offset);
            }
        }
    }

    /// <summary>Reads up to <paramref name="end"/>, which must be there.</summary>
    public static async Task ReadUpToAsync(this IChunkBuffer buffer, long offset, long end, bool releases = true)
    {
        while (offset < end)
        {
            using (var read = await buffer.ReadAsync(offset).Soon())
            {
                Assert.Equal(ChunkReadStatus.Bytes, read.Status);
                Assert.Equal(-1, TestBytes.FindMismatch(Seed, offset, read.Memory.Span));
                offset += read.Memory.Length;
            }

            if (releases)
            {
                buffer.Release(offset);
            }
        }
    }

    public static async Task<ChunkReadStatus> StatusAtAsync(this IChunkBuffer buffer, long offset)
    {
        using var read = await buffer.ReadAsync(offset).Soon();
        return read.Status;
    }

    public static Task<AppendStatus> AppendAsync(this IChunkBuffer buffer, int offset, int count)
        => buffer.AppendAsync(TestBytes.Create(Seed, count, offset)).AsTask();
}
