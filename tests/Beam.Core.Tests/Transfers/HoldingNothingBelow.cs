using Beam.Buffering;

namespace Beam.Core.Tests.Transfers;

/// <summary>A log that has let go of what lies below an offset, and does nothing else.</summary>
internal sealed class HoldingNothingBelow(long offset) : IChunkBuffer
{
    public HeldRange Held => new(offset, offset);

    public bool IsAttended { get; set; }

    public ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Release(long offset) => throw new NotSupportedException();

    public bool TryRewind(long offset) => throw new NotSupportedException();

    public void Complete() => throw new NotSupportedException();

    public void Fail()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
