using System.Threading.Tasks.Sources;

namespace Beam.Buffering;

/// <summary>A reader that waits at the end of a log. Its log pools it, so that a wait allocates nothing.</summary>
/// <remarks>
/// The reader goes on inline on the writer's thread. While it keeps up, a chunk travels from one socket to the other without a hop through
/// the scheduler. It comes back soon because everything that it does afterwards waits asynchronously.
/// </remarks>
internal sealed class ReadWaiter(MemoryChunkBuffer buffer) : IValueTaskSource<ChunkRead>
{
    private ManualResetValueTaskSourceCore<ChunkRead> _core;
    private CancellationTokenRegistration _interruption;

    public long Offset { get; private set; }

    /// <summary>Gets or sets the next waiter of a list that is about to be answered.</summary>
    public ReadWaiter? Next { get; set; }

    public ChunkRead Answer { get; set; }

    public ValueTask<ChunkRead> Begin(long offset)
    {
        Offset = offset;
        _core.Reset();
        return new ValueTask<ChunkRead>(this, _core.Version);
    }

    public void InterruptWhen(CancellationToken cancellationToken)
        => _interruption = cancellationToken.UnsafeRegister(static waiter => ((ReadWaiter)waiter!).Interrupt(), this);

    public void Complete() => _core.SetResult(Answer);

    ChunkRead IValueTaskSource<ChunkRead>.GetResult(short token)
    {
        var result = _core.GetResult(token);

        // An interruption that is under way must not meet the next wait.
        _interruption.Dispose();
        _interruption = default;
        Answer = default;
        buffer.Recycle(this);
        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<ChunkRead>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<ChunkRead>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private void Interrupt() => buffer.Interrupt(this);
}
