using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Beam.Buffering;

namespace Beam.Transfers;

/// <summary>Moves a transfer's bytes out of its log into a receiver's connection.</summary>
/// <remarks>For one caller: <see cref="StartAsync"/>, then <see cref="RunAsync"/>. The others may be called from any thread.</remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer holds nothing that disposing would free.")]
internal sealed class ReceiverPump : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Transfer _transfer;
    private readonly TransferReceiver _lease;

    // Where the receiver wants to stop; null for the end of the file.
    private readonly long? _wantedEnd;

    // Ends the wait for bytes, and says that the pump is to stop.
    private readonly CancellationTokenSource _interrupt = new();

    // The connection while it is waited for, so that the wait can be ended; null otherwise.
    private PipeWriter? _waitingBody;

    // The first bytes. They belong to the side that takes them under the lock: the pump or, if it has not started, the disposal.
    private ChunkRead? _first;

    private long _position;
    private volatile bool _isAllOffered;
    private bool _isDisposed;

    public ReceiverPump(Transfer transfer, TransferReceiver lease, long from, long? wantedEnd)
    {
        _transfer = transfer;
        _lease = lease;
        _position = from;
        _wantedEnd = wantedEnd;
        Watch = new StallWatch(transfer.Host.TimeProvider);
        ReadWatch = new StallWatch(transfer.Host.TimeProvider);

        // Until it begins, it takes nothing.
        Watch.Begin();
    }

    /// <summary>Gets up to where the connection has taken the file.</summary>
    public long Position => _position;

    /// <summary>Gets the offset at which it stops, not including it, or <see langword="null"/> when that is not known yet.</summary>
    public long? End => _transfer.Content.Length is { } length ? Math.Min(_wantedEnd ?? length, length) : null;

    /// <summary>Gets a value indicating whether it stops before the end of the file.</summary>
    public bool IsPiece => End < _transfer.Content.Length;

    /// <summary>
    /// Gets a value indicating whether the last byte was offered to the connection: a client that knows the length closes on it.
    /// </summary>
    public bool IsAllOffered => _isAllOffered;

    /// <summary>Gets a value indicating whether the receiver has begun to take bytes.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Gets what tells how long the receiver has taken nothing.</summary>
    public StallWatch Watch { get; }

    /// <summary>Gets what tells how long the receiver has been waiting for bytes.</summary>
    public StallWatch ReadWatch { get; }

    /// <summary>Waits for the first bytes, or for the end of a file that has no more.</summary>
    /// <returns>What came; <see langword="null"/> when the pump was disposed meanwhile.</returns>
    public async ValueTask<ChunkReadStatus?> StartAsync()
    {
        var buffer = _transfer.Content.Buffer!;
        var first = await ReadAsync(buffer).ConfigureAwait(false);
        while (first.Status == ChunkReadStatus.Failed && !ReferenceEquals(buffer, _transfer.Content.Buffer))
        {
            // A sender has begun the file anew, with another log.
            buffer = _transfer.Content.Buffer!;
            first = await ReadAsync(buffer).ConfigureAwait(false);
        }

        if (first.Status is not (ChunkReadStatus.Bytes or ChunkReadStatus.End))
        {
            return first.Status;
        }

        lock (_lock)
        {
            if (!_isDisposed)
            {
                // From here on the receiver is waited for, which has the first bytes and has not begun to take them.
                Watch.Begin();
                _first = first;
                return first.Status;
            }
        }

        first.Dispose();
        return null;
    }

    /// <summary>Moves bytes until all that the receiver wants are handed over, there are no more, or it takes no more.</summary>
    /// <param name="body">The receiver's connection.</param>
    /// <param name="first">What <see cref="Begin"/> gave.</param>
    /// <returns>How the last read from the log has ended; <see langword="null"/> when the connection has taken no more.</returns>
    public async ValueTask<ChunkReadStatus?> RunAsync(PipeWriter body, ChunkRead first)
    {
        var buffer = _transfer.Content.Buffer!;
        for (var read = first; ; read = await ReadAsync(buffer).ConfigureAwait(false))
        {
            if (read.Status != ChunkReadStatus.Bytes)
            {
                return read.Status;
            }

            // 1. Hand over what was read, waiting while the connection is full. The end may have become known only now, and lie behind us.
            var memory = read.Memory;
            if (End is { } stop && stop - _position < memory.Length)
            {
                memory = memory[..(int)Math.Max(0, stop - _position)];
            }

            _isAllOffered = _position + memory.Length >= End;
            if (!await TryWriteAsync(body, memory, read).ConfigureAwait(false) && !_isAllOffered)
            {
                return null;
            }

            // 2. Let the log have the room back.
            _position += memory.Length;
            _transfer.Advance(_lease, memory.Length);
            if (IsPiece && _position >= End)
            {
                return ChunkReadStatus.Bytes;
            }
        }
    }

    /// <summary>Takes what <see cref="StartAsync"/> has read, for <see cref="RunAsync"/>.</summary>
    public ChunkRead? Begin()
    {
        var first = TakeFirst();
        if (first is not null)
        {
            Watch.End();
            HasBegun = true;

            // A receiver that wants nothing more may close before it is offered anything.
            _isAllOffered = _position == End;
        }

        return first;
    }

    /// <summary>Ends the waits of the pump, which stops soon.</summary>
    public void Interrupt()
    {
        _ = _interrupt.CancelAsync();
        Volatile.Read(ref _waitingBody)?.CancelPendingFlush();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        TakeFirst()?.Dispose();
    }

    private ChunkRead? TakeFirst()
    {
        lock (_lock)
        {
            var first = _first;
            _first = null;
            return first;
        }
    }

    private static bool IsTaken(FlushResult flush) => !flush.IsCompleted && !flush.IsCanceled;

    // It waits for every piece: without this each wait would be an allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ChunkRead> ReadAsync(IChunkBuffer buffer)
    {
        var pending = buffer.ReadAsync(_position, _interrupt.Token);
        if (pending.IsCompletedSuccessfully)
        {
            return await pending.ConfigureAwait(false);
        }

        ReadWatch.Begin();
        try
        {
            return await pending.ConfigureAwait(false);
        }
        finally
        {
            ReadWatch.End();
        }
    }

    // It waits for every piece: without this each wait would be an allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryWriteAsync(PipeWriter body, ReadOnlyMemory<byte> memory, ChunkRead read)
    {
        try
        {
            var pending = body.WriteAsync(memory, CancellationToken.None);
            if (pending.IsCompletedSuccessfully)
            {
                return IsTaken(pending.Result);
            }

            Watch.Begin();

            // A full fence: either the interruption sees that we wait, or we see the interruption.
            Interlocked.Exchange(ref _waitingBody, body);
            if (_interrupt.IsCancellationRequested)
            {
                body.CancelPendingFlush();
            }

            return IsTaken(await pending.ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            Volatile.Write(ref _waitingBody, null);
            Watch.End();
            read.Dispose();
        }
    }
}
