using System.IO.Pipelines;
using Beam.Buffering;

namespace Beam.Transfers;

/// <summary>A receiver's connection in a transfer. If disposed before the end, it has broken off, and may come back for the rest.</summary>
/// <remarks>
/// For one caller, in this order: <see cref="WaitForStartAsync"/>, <see cref="ReceiveAsync"/>, then <see cref="FinishDelivery"/> or
/// <see cref="Fail"/>.
/// </remarks>
public sealed class TransferReceiver : IAsyncDisposable
{
    private readonly Transfer _transfer;

    // Moves the bytes, as long as this connection has a part.
    private readonly ReceiverPump _pump;

    // What the head of the response says; decided when that can be written.
    private DeliveredRange _range;

    // How this connection's part has ended.
    private readonly TaskCompletionSource<TransferError> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Set when the receiver's system has all bytes, whether its program reads them or not.
    private volatile bool _isHandedOver;

    // Set when all bytes were handed to the connection, so that its part may end well.
    private bool _isReceived;

    // Set by the first disposal, so that a second does not leave the transfer again.
    private int _isDisposed;

    internal TransferReceiver(Transfer transfer, ReceiverSeat seat, ReceiverStart start)
    {
        _transfer = transfer;
        _pump = new ReceiverPump(transfer, this, start.From);
        Seat = seat;
        Start = start;
    }

    /// <summary>Gets the short id of the transfer, for logs and as its entity tag.</summary>
    public string TransferId => _transfer.Id;

    /// <summary>Gets the name of the file. For the receiver only: names do not belong in logs.</summary>
    public string Name => _transfer.Name;

    /// <summary>Gets what the sender says of its bytes; known after <see cref="WaitForStartAsync"/>.</summary>
    public TransferDescription Description => _transfer.Content.Description;

    /// <summary>Gets the offset of the first byte that this connection gets.</summary>
    public long From => Start.From;

    /// <summary>
    /// Gets the length of the whole file in bytes, or <see langword="null"/> when it was not known when the body could start.
    /// </summary>
    /// <remarks>
    /// <see cref="WaitForStartAsync"/> decides it, <see cref="End"/> and <see cref="IsPiece"/>, all at the same moment. They never change
    /// afterwards, because the head of the response says so.
    /// </remarks>
    public long? Length => _range.Length;

    /// <summary>
    /// Gets the offset at which this connection stops, exclusive; <see langword="null"/> for the end of a file of unknown length.
    /// </summary>
    public long? End => _range.End;

    /// <summary>Gets a value indicating whether this connection stops before the end of the file.</summary>
    public bool IsPiece => _range.IsPiece;

    /// <summary>
    /// Gets a value indicating whether the receiver asked for what comes after the last byte: it says that it has everything.
    /// </summary>
    /// <remarks>Known after <see cref="WaitForStartAsync"/>.</remarks>
    public bool HasEverything { get; private set; }

    /// <summary>
    /// Gets a task that ends when this connection's part is over: <see cref="TransferError.None"/> when it went well, else why it ended.
    /// </summary>
    public Task<TransferError> Ended => _ended.Task;

    /// <summary>Gets the SHA-256 that the whole file has, once it is known; otherwise <see langword="null"/>.</summary>
    public ReadOnlyMemory<byte>? Sha256 => _transfer.Content.Sha256;

    /// <summary>Gets how many bytes were handed to this connection.</summary>
    public long BytesSent => _pump.Position - From;

    internal Transfer Transfer => _transfer;

    internal ReceiverSeat Seat { get; }

    /// <summary>Gets where it begins, and what the receiver asked for.</summary>
    internal ReceiverStart Start { get; }

    /// <summary>Gets up to where this connection was offered the file.</summary>
    internal long Offered => _pump.Offered;

    /// <summary>Gets what tells how long the receiver has taken nothing.</summary>
    internal StallWatch Watch => _pump.Watch;

    /// <summary>Gets what tells how long the receiver has been waiting for bytes.</summary>
    internal StallWatch ReadWatch => _pump.ReadWatch;

    /// <summary>Gets up to where this connection has taken the file.</summary>
    internal long Position => _pump.Position;

    /// <summary>
    /// Gets why its part ends when the relay cannot serve it now: one that has nothing yet is refused, one that has something may come
    /// back.
    /// </summary>
    internal TransferError Overload => BytesSent == 0 ? TransferError.TooManyTransfers : TransferError.ReceiverLost;

    internal bool HasBegun => _pump.HasBegun;

    internal bool IsHandedOver => _isHandedOver;

    /// <summary>Waits for the sender and its first byte: until then, a failure of the sender can still become a status.</summary>
    /// <param name="cancellationToken">Ends when the receiver's connection is gone.</param>
    /// <returns>
    /// <see cref="TransferError.None"/> when the body can start; otherwise why it cannot. <see cref="TransferError.NothingToResume"/> means
    /// that nothing is left for the receiver, which has not got the rest from this relay.
    /// </returns>
    public async ValueTask<TransferError> WaitForStartAsync(CancellationToken cancellationToken = default)
    {
        var registration = RegisterLoss(cancellationToken);
        await using (registration.ConfigureAwait(false))
        {
            Watch.End();
            if (!_transfer.Content.Opened.IsCompleted)
            {
                await Task.WhenAny(_transfer.Content.Opened, _ended.Task).ConfigureAwait(false);
            }

            if (_ended.Task.IsCompleted || _transfer.Content.Buffer is null)
            {
                return await _ended.Task.ConfigureAwait(false);
            }

            var status = await _pump.StartAsync().ConfigureAwait(false);
            if (status is not (ChunkReadStatus.Bytes or ChunkReadStatus.End))
            {
                return await FailedAsync(status).ConfigureAwait(false);
            }

            // From here on the head may be written: what becomes known later, such as the length, changes nothing of it.
            _range = DeliveredRange.Decide(Start, _transfer.Content.Length);
            _pump.Begin(_range);
            HasEverything = status == ChunkReadStatus.End && From > 0;
            return HasEverything && !ReceiverEnd.TryClaimRest(this) ? TransferError.NothingToResume : TransferError.None;
        }
    }

    /// <summary>Moves the transfer's bytes into <paramref name="body"/>.</summary>
    /// <param name="body">The receiver's connection; flushed once for every piece, never completed here.</param>
    /// <param name="progress">A number that grows while the receiver takes bytes that its connection has accepted before, such as the count
    /// of acknowledged bytes, or <see langword="null"/>. It keeps a slow receiver behind large socket buffers from looking stalled.</param>
    /// <param name="cancellationToken">Ends when the receiver's connection is gone. That ends its part, unless all bytes of a known length
    /// were written before. A client that knows the length closes on the last byte, so look at it when this method returns.</param>
    /// <returns><see cref="TransferError.None"/> when <paramref name="body"/> got everything up to <see cref="End"/>. If the file ends
    /// there, the sender has also said so. Only then may the caller end the body well. Otherwise why this part has ended.</returns>
    public async ValueTask<TransferError> ReceiveAsync(
        PipeWriter body,
        Func<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        Watch.Observe(progress);
        using var activity = TransferTrace.StartReceiving(_transfer);
        var registration = RegisterLoss(cancellationToken);
        await using (registration.ConfigureAwait(false))
        {
            if (!_pump.HasFirst)
            {
                return _ended.Task.IsCompleted
                    ? await _ended.Task.ConfigureAwait(false)
                    : throw new InvalidOperationException("Await WaitForStartAsync before ReceiveAsync.");
            }

            var status = await _pump.RunAsync(body, _range).ConfigureAwait(false);
            _isReceived = status is ChunkReadStatus.Bytes or ChunkReadStatus.End && TryBeginConfirming();
            var error = _isReceived ? TransferError.None : await FailedAsync(status).ConfigureAwait(false);
            TransferTrace.End(activity, error, BytesSent);
            return error;
        }
    }

    /// <summary>
    /// Says that the receiver's system has all bytes. If its program takes no more of them until the stall limit, its part then ends well
    /// as <see cref="DeliveryStatus.Sent"/> instead of failing.
    /// </summary>
    public void NoteHandedOver() => _isHandedOver = true;

    /// <summary>Ends this receiver's part well. Does nothing when it has ended meanwhile.</summary>
    /// <param name="delivery">
    /// What is known: <see cref="DeliveryStatus.Sent"/> or <see cref="DeliveryStatus.Confirmed"/>. A receiver that did not get the
    /// beginning of the file from this relay has been sent the rest at most, whatever its connection tells.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delivery"/> is another status.</exception>
    /// <exception cref="InvalidOperationException">The receiver's connection has not taken all bytes yet.</exception>
    public void FinishDelivery(DeliveryStatus delivery)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)delivery, (int)DeliveryStatus.Sent, nameof(delivery));
        if (!_isReceived && !HasEverything && !_ended.Task.IsCompleted)
        {
            throw new InvalidOperationException("A receiver's part ends well only after ReceiveAsync has handed over all bytes.");
        }

        Deliver(delivery);
    }

    /// <summary>Ends this receiver's part for a reason that only the caller knows; does nothing when it has ended.</summary>
    /// <param name="error">Why. A receiver that is lost or stalled may come back; any other error is final.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="error"/> is <see cref="TransferError.None"/>.</exception>
    public void Fail(TransferError error)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)error, (int)TransferError.None, nameof(error));
        Lose(error);
    }

    /// <summary>Leaves the transfer. If its part has not ended the receiver counts as lost.</summary>
    /// <returns>A task that ends at once or, for the last to leave an ended transfer, when what that held is given back.</returns>
    public async ValueTask DisposeAsync()
    {
        // First of all, so that a pump which finds nothing left to take sees why.
        try
        {
            Lose(TransferError.ReceiverLost);
        }
        finally
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                _pump.Dispose();
                await _transfer.LeaveAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The connection is gone, or is to go.</summary>
    /// <returns><see langword="false"/> when it has left its seat before, so that nothing has changed.</returns>
    internal bool Lose(TransferError error) => ReceiverEnd.Lose(this, error);

    /// <summary>The client has what it was to get.</summary>
    internal void Deliver(DeliveryStatus delivery, bool isLastWord = false) => ReceiverEnd.Deliver(this, delivery, isLastWord);

    /// <summary>Ends this connection's part; unless it went well the pump stops soon.</summary>
    internal void EndPart(TransferError error)
    {
        if (_ended.TrySetResult(error) && error != TransferError.None)
        {
            _pump.Interrupt();
        }
    }

    /// <summary>The connection has taken everything; whether the client reads it is still to be found out.</summary>
    private bool TryBeginConfirming()
    {
        lock (_transfer.Channel.Lock)
        {
            if (!_transfer.IsHere_NeedsLock(this))
            {
                return false;
            }

            Seat.Confirm(_transfer.Host.TimeProvider.GetTimestamp());
            Watch.Begin();
            return true;
        }
    }

    private CancellationTokenRegistration RegisterLoss(CancellationToken cancellationToken)
        => cancellationToken.UnsafeRegister(static receiver => ((TransferReceiver)receiver!).OnConnectionGone(), this);

    private void OnConnectionGone()
    {
        if (!_pump.IsAllOffered)
        {
            Lose(TransferError.ReceiverLost);
        }
    }

    private async ValueTask<TransferError> FailedAsync(ChunkReadStatus? status)
    {
        if (status is null or ChunkReadStatus.NotHeld)
        {
            Lose(status is null ? TransferError.ReceiverLost : TransferError.NoRoom);
        }
        else if (status == ChunkReadStatus.Unavailable)
        {
            Lose(Overload);
        }
        else if (status == ChunkReadStatus.Failed)
        {
            // Whatever failed the buffer has decided the outcome, unless its maker did it: it has lost the bytes.
            _transfer.TryFinish(TransferError.NoRoom);
        }

        return await _ended.Task.ConfigureAwait(false);
    }
}
