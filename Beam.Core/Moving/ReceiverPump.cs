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

    // Ends the wait for bytes, and says that the pump is to stop.
    private readonly CancellationTokenSource _interrupt = new();

    // The connection while it is waited for, so that the wait can be ended; null otherwise.
    private PipeWriter? _waitingBody;

    // The first bytes. They belong to the side that takes them under the lock: the pump or, if it has not started, the disposal.
    private ChunkRead? _first;

    // Up to where the connection has taken the file, and up to where it was offered. The client may have what was only offered.
    private long _position;
    private long _offered;
    private volatile bool _isAllOffered;
    private bool _isDisposed;

    public ReceiverPump(Transfer transfer, TransferReceiver lease, long from)
    {
        _transfer = transfer;
        _lease = lease;
        _position = from;
        _offered = from;
        Watch = new StallWatch(transfer.Host.TimeProvider);
        ReadWatch = new StallWatch(transfer.Host.TimeProvider);

        // Until it begins, it takes nothing.
        Watch.Begin();
    }

    /// <summary>Gets up to where the connection has taken the file.</summary>
    public long Position => _position;

    /// <summary>Gets up to where the connection was offered the file, whether it has taken that or not.</summary>
    public long Offered => Volatile.Read(ref _offered);

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

    /// <summary>Gets a value indicating whether <see cref="StartAsync"/> has read something that nobody has taken yet.</summary>
    public bool HasFirst
    {
        get
        {
            lock (_lock)
            {
                return _first is not null;
            }
        }
    }

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

    /// <summary>Moves bytes until all of the range are handed over, there are no more, or the connection takes no more.</summary>
    /// <param name="body">The receiver's connection.</param>
    /// <param name="range">What the head of the response has announced.</param>
    /// <returns>How the last read from the log has ended; <see langword="null"/> when the connection has taken no more.</returns>
    public async ValueTask<ChunkReadStatus?> RunAsync(PipeWriter body, DeliveredRange range)
    {
        var buffer = _transfer.Content.Buffer!;
        Watch.End();
        HasBegun = true;
        for (var read = TakeFirst() ?? ChunkRead.None(ChunkReadStatus.Interrupted); ; read = await ReadAsync(buffer).ConfigureAwait(false))
        {
            int count;
            using (read)
            {
                if (read.Status != ChunkReadStatus.Bytes)
                {
                    return read.Status;
                }

                // 1. Hand over what was read, waiting while the connection is full.
                var rest = range.End - _position ?? long.MaxValue;
                if (rest <= 0)
                {
                    // The log has more than its file: no log of ours does that.
                    return ChunkReadStatus.Failed;
                }

                count = (int)Math.Min(read.Memory.Length, rest);
                _transfer.Content.PassingDigest?.Append(_position, read.Memory.Span[..count]);
                if (!await TryHandOverAsync(body, read.Memory[..count], isLast: count == rest).ConfigureAwait(false))
                {
                    return null;
                }
            }

            // 2. Let the log have the room back.
            _position += count;
            _transfer.Advance(_lease, count);
            if (range.IsPiece && _position == range.End)
            {
                return ChunkReadStatus.Bytes;
            }
        }
    }

    /// <summary>Notes before the head of the response what will be offered.</summary>
    /// <remarks>A receiver that wants nothing more may close before it is offered anything.</remarks>
    public void Begin(DeliveredRange range) => _isAllOffered = _position == range.End;

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

    /// <returns>
    /// <see langword="false"/> when the connection takes no more. A client that knows the length closes on the last byte, so that a
    /// connection which has closed may have taken it. One that throws has not.
    /// </returns>
    // It waits for every piece: without this each wait would be an allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryHandOverAsync(PipeWriter body, ReadOnlyMemory<byte> memory, bool isLast)
    {
        Volatile.Write(ref _offered, _position + memory.Length);
        _isAllOffered = isLast;
        try
        {
            var pending = body.WriteAsync(memory, CancellationToken.None);
            if (!pending.IsCompletedSuccessfully)
            {
                Watch.Begin();

                // A full fence: either the interruption sees that we wait, or we see the interruption.
                Interlocked.Exchange(ref _waitingBody, body);
                if (_interrupt.IsCancellationRequested)
                {
                    body.CancelPendingFlush();
                }
            }

            return await pending.ConfigureAwait(false) is { IsCompleted: false, IsCanceled: false } || isLast;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            Volatile.Write(ref _waitingBody, null);
            Watch.End();
        }
    }
}
