using Beam.Buffering;

namespace Beam.Core.Tests.Transfers;

/// <summary>Makes ordinary buffers, counts the leases that are out, and may fail a read.</summary>
internal sealed class LeasedBuffers(IChunkBufferFactory buffers) : IChunkBufferFactory
{
    private int _out;
    private int _reads;

    /// <summary>Gets how many leases have not been returned.</summary>
    public int Out => Volatile.Read(ref _out);

    /// <summary>Gets or sets which read fails, counted from 1.</summary>
    public int FailingRead { get; set; } = int.MaxValue;

    public IChunkBuffer? Create(ChunkBufferTerms terms) => buffers.Create(terms) is { } buffer ? new LeasedBuffer(buffer, this) : null;

    private sealed class LeasedBuffer(IChunkBuffer buffer, LeasedBuffers owner) : IChunkBuffer
    {
        public HeldRange Held => buffer.Held;

        public bool IsAttended
        {
            get => buffer.IsAttended;
            set => buffer.IsAttended = value;
        }

        public ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
            => buffer.AppendAsync(bytes, cancellationToken);

        public async ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref owner._reads) == owner.FailingRead)
            {
                throw new InvalidOperationException("A misdeed of a buffer.");
            }

            var read = await buffer.ReadAsync(offset, cancellationToken);
            if (read.Status != ChunkReadStatus.Bytes)
            {
                return read;
            }

            Interlocked.Increment(ref owner._out);
            return ChunkRead.Bytes(read.Memory, new Lease(read, owner));
        }

        public void Release(long offset) => buffer.Release(offset);

        public bool TryRewind(long offset) => buffer.TryRewind(offset);

        public void Complete() => buffer.Complete();

        public void Fail() => buffer.Fail();

        public ValueTask DisposeAsync() => buffer.DisposeAsync();
    }

    private sealed class Lease(ChunkRead read, LeasedBuffers owner) : IDisposable
    {
        private int _isReturned;

        public void Dispose()
        {
            Assert.Equal(0, Interlocked.Exchange(ref _isReturned, 1));
            read.Dispose();
            Interlocked.Decrement(ref owner._out);
        }
    }
}
