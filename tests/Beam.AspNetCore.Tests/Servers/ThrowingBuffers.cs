using Beam.Buffering;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Servers;

/// <summary>Makes the relay's own buffers, one of whose reads throws what nobody expects.</summary>
internal sealed class ThrowingBuffers(IChunkBufferFactory buffers, int failingRead) : IChunkBufferFactory
{
    /// <summary>Puts it in the place of the relay's factory.</summary>
    public static void Use(IServiceCollection services, int failingRead)
    {
        var own = services.Single(static service => service.ServiceType == typeof(IChunkBufferFactory)).ImplementationType!;
        services.AddSingleton<IChunkBufferFactory>(provider
            => new ThrowingBuffers((IChunkBufferFactory)ActivatorUtilities.CreateInstance(provider, own), failingRead));
    }

    public IChunkBuffer? Create(ChunkBufferTerms terms) => buffers.Create(terms) is { } buffer ? new Buffer(buffer, failingRead) : null;

    private sealed class Buffer(IChunkBuffer buffer, int failingRead) : IChunkBuffer
    {
        private int _reads;

        public HeldRange Held => buffer.Held;

        public bool IsAttended
        {
            get => buffer.IsAttended;
            set => buffer.IsAttended = value;
        }

        public ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
            => buffer.AppendAsync(bytes, cancellationToken);

        public ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default)
            => Interlocked.Increment(ref _reads) == failingRead
                ? throw new InvalidOperationException("A misdeed of the buffer.")
                : buffer.ReadAsync(offset, cancellationToken);

        public void Release(long offset) => buffer.Release(offset);

        public bool TryRewind(long offset) => buffer.TryRewind(offset);

        public void Complete() => buffer.Complete();

        public void Fail() => buffer.Fail();

        public ValueTask DisposeAsync() => buffer.DisposeAsync();
    }
}
