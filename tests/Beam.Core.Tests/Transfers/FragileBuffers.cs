using Beam.Buffering;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Core.Tests.Transfers;

/// <summary>A factory of buffers that are as they should be, except that one call throws: of the factory or of a member.</summary>
internal sealed class FragileBuffers(IServiceProvider services) : IChunkBufferFactory
{
    private readonly DefaultChunkBufferFactory _inner = ActivatorUtilities.CreateInstance<DefaultChunkBufferFactory>(services);

    /// <summary>Gets or sets how many calls are left until one throws; nothing throws while it is negative or zero.</summary>
    public int CallsLeft { get; set; }

    public IChunkBuffer? Create(ChunkBufferTerms terms)
    {
        Call();
        return _inner.Create(terms) is { } buffer ? new FragileBuffer(this, buffer) : null;
    }

    private void Call()
    {
        if (CallsLeft > 0 && --CallsLeft == 0)
        {
            throw new InvalidOperationException("That call was one too many.");
        }
    }

    private sealed class FragileBuffer(FragileBuffers buffers, IChunkBuffer inner) : IChunkBuffer
    {
        public HeldRange Held
        {
            get
            {
                buffers.Call();
                return inner.Held;
            }
        }

        public bool IsAttended
        {
            get => inner.IsAttended;
            set
            {
                buffers.Call();
                inner.IsAttended = value;
            }
        }

        public ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
            => inner.AppendAsync(bytes, cancellationToken);

        public ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default)
            => inner.ReadAsync(offset, cancellationToken);

        public void Release(long offset)
        {
            buffers.Call();
            inner.Release(offset);
        }

        public bool TryRewind(long offset)
        {
            buffers.Call();
            return inner.TryRewind(offset);
        }

        public void Complete() => inner.Complete();

        public void Fail() => inner.Fail();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
