using Beam.Buffering;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.Core.Tests.Transfers;

/// <summary>A factory of buffers that are as they should be, except that one of their members throws.</summary>
internal sealed class BrokenBuffers(IServiceProvider services, string broken) : IChunkBufferFactory
{
    private readonly DefaultChunkBufferFactory _inner = ActivatorUtilities.CreateInstance<DefaultChunkBufferFactory>(services);

    public IChunkBuffer? Create(ChunkBufferTerms terms) => _inner.Create(terms) is { } buffer ? new BrokenBuffer(buffer, broken) : null;

    private sealed class BrokenBuffer(IChunkBuffer inner, string broken) : IChunkBuffer
    {
        public HeldRange Held => inner.Held;

        public bool IsAttended
        {
            get => inner.IsAttended;
            set => inner.IsAttended = value;
        }

        public ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
            => inner.AppendAsync(bytes, cancellationToken);

        public ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default)
            => inner.ReadAsync(offset, cancellationToken);

        public void Release(long offset) => inner.Release(offset);

        public bool TryRewind(long offset) => inner.TryRewind(offset);

        public void Complete()
        {
            ThrowIf(nameof(Complete));
            inner.Complete();
        }

        public void Fail()
        {
            // It does not even end its waits.
            ThrowIf(nameof(Fail));
            inner.Fail();
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            ThrowIf(nameof(DisposeAsync));
        }

        private void ThrowIf(string member)
        {
            if (member == broken)
            {
                throw new InvalidOperationException($"{member} is broken.");
            }
        }
    }
}
