using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Beam.Buffering;

namespace Beam.Transfers;

/// <summary>A receiver's connection in a transfer. Disposing it before the end counts as breaking off: it may come back for the rest.</summary>
/// <remarks>
/// For one caller, in this order: <see cref="WaitForStartAsync"/>, <see cref="ReceiveAsync"/>, then <see cref="FinishDelivery"/> or
/// <see cref="Fail"/>.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer holds nothing that disposing would free.")]
public sealed class TransferReceiver : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Transfer _transfer;
    private readonly long? _wantedEnd;
    private readonly CancellationTokenSource _interrupt = new();
    private readonly TaskCompletionSource<TransferError> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PipeWriter? _waitingBody;

    // Belongs to whoever takes it under the lock: the pump or, when it has not started, the disposal.
    private ChunkRead? _first;
    private long _position;
    private volatile bool _isAllOffered;
    private volatile bool _isHandedOver;
    private bool _isReceived;
    private bool _isDisposed;

    internal TransferReceiver(Transfer transfer, ReceiverSeat seat, long from, ReceiveTerms terms, TimeProvider timeProvider)
    {
        _transfer = transfer;
        _wantedEnd = terms.From is null ? null : terms.To;
        Confirms = terms.Confirms;
        ConfirmationId = terms.Confirms ? terms.ConfirmationId : null;
        _position = from;
        Seat = seat;
        From = from;
        Watch = new StallWatch(timeProvider);
        ReadWatch = new StallWatch(timeProvider);
    }

    /// <summary>Gets the short id of the transfer, for logs and as its entity tag.</summary>
    public string TransferId => _transfer.Id;

    /// <summary>Gets the name of the file. For the receiver only: names do not belong in logs.</summary>
    public string Name => _transfer.Name;

    /// <summary>Gets what the sender says of its bytes; known after <see cref="WaitForStartAsync"/>.</summary>
    public TransferDescription Description => _transfer.Content.Description;

    /// <summary>Gets the offset of the first byte that this connection gets.</summary>
    public long From { get; }

    /// <summary>Gets the length of the whole file in bytes, or <see langword="null"/> when it is not known yet.</summary>
    public long? Length => _transfer.Content.Length;

    /// <summary>Gets the offset at which this connection stops, not including it, or <see langword="null"/> when it is not known yet.</summary>
    public long? End => Length is { } length ? Math.Min(_wantedEnd ?? length, length) : null;

    /// <summary>Gets a value indicating whether this connection stops before the end of the file.</summary>
    public bool IsPiece => End < Length;

    /// <summary>Gets a value indicating whether the receiver asked for what comes after the last byte: it has everything.</summary>
    /// <remarks>Known after <see cref="WaitForStartAsync"/>.</remarks>
    public bool HasEverything { get; private set; }

    /// <summary>
    /// Gets a task that ends when this connection's part is over: <see cref="TransferError.None"/> when it went well, else why it ended.
    /// </summary>
    public Task<TransferError> Ended => _ended.Task;

    /// <summary>Gets the SHA-256 that the whole file has, once it is known; otherwise <see langword="null"/>.</summary>
    public ReadOnlyMemory<byte>? Sha256 => _transfer.Content.Digest?.Value;

    /// <summary>Gets how many bytes were handed to this connection.</summary>
    public long BytesSent => _position - From;

    internal ReceiverSeat Seat { get; }

    /// <summary>Gets what tells how long the receiver has taken nothing.</summary>
    internal StallWatch Watch { get; }

    /// <summary>Gets what tells how long the receiver has been waiting for bytes.</summary>
    internal StallWatch ReadWatch { get; }

    /// <summary>Gets up to where this connection has taken the file.</summary>
    internal long Position => _position;

    internal bool IsHandedOver => _isHandedOver;

    /// <summary>Gets or sets a value indicating whether the receiver's own word is waited for.</summary>
    internal bool Confirms { get; set; }

    /// <summary>Gets what the receiver calls itself when it confirms.</summary>
    internal string? ConfirmationId { get; }

    /// <summary>Gets or sets what the connection has told while the receiver's own word was waited for.</summary>
    internal DeliveryStatus ConnectionsWord { get; set; }

    /// <summary>Waits for the sender and its first byte, so that a sender that fails before it can still be told in a status.</summary>
    /// <param name="cancellationToken">Ends when the receiver's connection is gone.</param>
    /// <returns><see cref="TransferError.None"/> when the body can start; otherwise why it cannot.</returns>
    public async ValueTask<TransferError> WaitForStartAsync(CancellationToken cancellationToken = default)
    {
        var registration = RegisterLoss(cancellationToken);
        await using (registration.ConfigureAwait(false))
        {
            if (!_transfer.Content.Opened.IsCompleted)
            {
                await Task.WhenAny(_transfer.Content.Opened, _ended.Task).ConfigureAwait(false);
            }

            if (_ended.Task.IsCompleted || _transfer.Content.Buffer is null)
            {
                return await _ended.Task.ConfigureAwait(false);
            }

            var first = await ReadAsync(_transfer.Content.Buffer).ConfigureAwait(false);
            if (first.Status is not (ChunkReadStatus.Bytes or ChunkReadStatus.End))
            {
                return await FailedAsync(first.Status).ConfigureAwait(false);
            }

            if (!TryKeepFirst(first))
            {
                return await _ended.Task.ConfigureAwait(false);
            }

            HasEverything = first.Status == ChunkReadStatus.End && From > 0;
            return TransferError.None;
        }
    }

    /// <summary>Moves the transfer's bytes into <paramref name="body"/>.</summary>
    /// <param name="body">The receiver's connection; flushed once for every piece, never completed here.</param>
    /// <param name="progress">A number that grows while the receiver takes bytes that the connection has accepted before, such as the count of
    /// acknowledged ones; it keeps a slow receiver behind large socket buffers from looking stalled. May be <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends when the receiver's connection is gone, which ends its part, unless all bytes of a known length
    /// were written before: a client that knows the length closes on the last byte. Look at it when this method returns.</param>
    /// <returns><see cref="TransferError.None"/> when everything up to <see cref="End"/>, and the sender's word that the file ends there if it
    /// does, was handed to <paramref name="body"/>, which is the only case in which it may be ended well; otherwise why this part has
    /// ended.</returns>
    public async ValueTask<TransferError> ReceiveAsync(PipeWriter body, Func<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (TakeFirst() is not { } read || _transfer.Content.Buffer is not { } buffer)
        {
            return _ended.Task.IsCompleted
                ? await _ended.Task.ConfigureAwait(false)
                : throw new InvalidOperationException("Await WaitForStartAsync before ReceiveAsync.");
        }

        _isAllOffered = _position == End;
        Watch.Observe(progress);
        using var activity = _transfer.StartReceiving();
        var registration = RegisterLoss(cancellationToken);
        await using (registration.ConfigureAwait(false))
        {
            while (read.Status == ChunkReadStatus.Bytes)
            {
                var memory = read.Memory;
                if (End is { } stop && stop - _position < memory.Length)
                {
                    memory = memory[..(int)(stop - _position)];
                }

                _isAllOffered = _position + memory.Length == End;
                if (!await TryWriteAsync(body, memory, read).ConfigureAwait(false) && !_isAllOffered)
                {
                    _transfer.LoseReceiver(this, TransferError.ReceiverLost);
                    var end = await _ended.Task.ConfigureAwait(false);
                    Transfer.EndActivity(activity, end, BytesSent);
                    return end;
                }

                _position += memory.Length;
                _transfer.Advance(this, memory.Length);
                if (IsPiece && _position == End)
                {
                    break;
                }

                read = await ReadAsync(buffer).ConfigureAwait(false);
            }

            if (read.Status is ChunkReadStatus.Bytes or ChunkReadStatus.End && _transfer.TryBeginConfirming(this))
            {
                _isReceived = true;
                Transfer.EndActivity(activity, TransferError.None, BytesSent);
                return TransferError.None;
            }

            var error = await FailedAsync(read.Status).ConfigureAwait(false);
            Transfer.EndActivity(activity, error, BytesSent);
            return error;
        }
    }

    /// <summary>
    /// Says that the receiver's system has all bytes. If its program takes no more of them until the stall limit, its part ends well as
    /// <see cref="DeliveryStatus.Sent"/>; without this it would fail.
    /// </summary>
    public void NoteHandedOver() => _isHandedOver = true;

    /// <summary>Ends this receiver's part well. Does nothing when it has ended meanwhile.</summary>
    /// <param name="delivery">What is known of the bytes: <see cref="DeliveryStatus.Sent"/> or <see cref="DeliveryStatus.Confirmed"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delivery"/> is another status.</exception>
    /// <exception cref="InvalidOperationException">The receiver's connection has not taken all bytes yet.</exception>
    public void FinishDelivery(DeliveryStatus delivery)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)delivery, (int)DeliveryStatus.Sent, nameof(delivery));
        if (!_isReceived && !HasEverything && !_ended.Task.IsCompleted)
        {
            throw new InvalidOperationException("A receiver's part ends well only after ReceiveAsync has handed over all bytes.");
        }

        _transfer.Deliver(this, delivery);
    }

    /// <summary>Ends this receiver's part for a reason that only the caller knows; does nothing when it has ended.</summary>
    /// <param name="error">Why. One that is lost or stalled may come back; anything else is final.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="error"/> is <see cref="TransferError.None"/>.</exception>
    public void Fail(TransferError error)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)error, (int)TransferError.None, nameof(error));
        _transfer.LoseReceiver(this, error);
    }

    /// <summary>Leaves the transfer. If its part has not ended the receiver counts as lost.</summary>
    /// <returns>A task that ends when what the transfer held is given back, if it has ended and everybody else has left too.</returns>
    public async ValueTask DisposeAsync()
    {
        // First of all, so that a pump which finds nothing left to take sees why.
        _transfer.LoseReceiver(this, TransferError.ReceiverLost);
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        TakeFirst()?.Dispose();
        await _transfer.LeaveAsync().ConfigureAwait(false);
    }

    /// <summary>Leaves the place to whoever comes or waits, for a receiver that was never told that it has one.</summary>
    internal void GiveBack() => _transfer.FreeSeat(this);

    /// <summary>Ends this connection's part; unless it went well the pump stops soon.</summary>
    internal void EndPart(TransferError error)
    {
        if (_ended.TrySetResult(error) && error != TransferError.None)
        {
            _ = _interrupt.CancelAsync();
            Volatile.Read(ref _waitingBody)?.CancelPendingFlush();
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

    private bool TryKeepFirst(ChunkRead first)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _first = first;
                return true;
            }
        }

        first.Dispose();
        return false;
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

    private CancellationTokenRegistration RegisterLoss(CancellationToken cancellationToken)
        => cancellationToken.UnsafeRegister(static receiver => ((TransferReceiver)receiver!).OnConnectionGone(), this);

    private void OnConnectionGone()
    {
        if (!_isAllOffered)
        {
            _transfer.LoseReceiver(this, TransferError.ReceiverLost);
        }
    }

    private async ValueTask<TransferError> FailedAsync(ChunkReadStatus status)
    {
        // Whatever failed the buffer has decided the outcome, unless its maker did it: it has lost the bytes.
        if (status == ChunkReadStatus.NotHeld)
        {
            _transfer.LoseReceiver(this, TransferError.NoRoom);
        }
        else if (status == ChunkReadStatus.Failed)
        {
            _transfer.TryFinish(TransferError.NoRoom);
        }

        return await _ended.Task.ConfigureAwait(false);
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
            Volatile.Write(ref _waitingBody, body);

            // Our part may have ended before anybody could see that we wait.
            if (_ended.Task.IsCompleted)
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

    private static bool IsTaken(FlushResult flush) => !flush.IsCompleted && !flush.IsCanceled;
}
