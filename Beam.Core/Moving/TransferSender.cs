using System.IO.Pipelines;
using Beam.Buffering;
using Beam.Holding;

namespace Beam.Transfers;

/// <summary>
/// A sender's connection in a transfer. If disposed before the end, it has broken off, and a sender may come back for the rest.
/// </summary>
/// <remarks>For one caller. <see cref="SendAsync"/> is called at most once.</remarks>
public sealed class TransferSender : IAsyncDisposable
{
    private readonly Transfer _transfer;

    // What the sender has asked for, such as to hand the file in.
    private readonly SendTerms _terms;

    // Moves the bytes, as long as this connection has a part.
    private readonly SenderPump _pump;

    // How this connection's part has ended.
    private readonly TaskCompletionSource<SendResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Ends when the pump has, or never will have, run: another connection may then append.
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Set once SendAsync has begun, which then ends _stopped; before that, the disposal does.
    private int _isStarted;

    // Set by the first disposal, so that a second does not leave the transfer again.
    private int _isDisposed;

    internal TransferSender(Transfer transfer, SendTerms terms)
    {
        _transfer = transfer;
        _terms = terms;
        _pump = new SenderPump(transfer.Content, terms, transfer.Host.Options, transfer.Host.TimeProvider);

        // Until it sends, it is silent.
        Watch.Begin();
    }

    /// <summary>Gets the short id of the transfer, for logs.</summary>
    public string TransferId => _transfer.Id;

    /// <summary>Gets what the body has thrown, if that is how this sender's part has ended; <see langword="null"/> otherwise.</summary>
    /// <remarks>
    /// Known when <see cref="SendAsync"/> has returned. The result says all that matters to the
    /// transfer; this tells resets from other failures.
    /// </remarks>
    public Exception? BodyFailure => _pump.BodyFailure;

    /// <summary>Gets what tells how long the sender has been silent.</summary>
    internal StallWatch Watch => _pump.Watch;

    /// <summary>Gets what tells how long the relay has held the sender back.</summary>
    internal StallWatch AppendWatch => _pump.AppendWatch;

    /// <summary>Gets the task that ends when this sender appends nothing more to the log.</summary>
    internal Task Stopped => _stopped.Task;

    /// <summary>
    /// Moves <paramref name="body"/> into the transfer and waits for its outcome, or for the end of this sender's part in it.
    /// </summary>
    /// <remarks>Failures of the network are in the result. The body stays where it was read to; the caller completes it.</remarks>
    /// <param name="body">The bytes. An end of the body counts as the sender's word that it is complete. A body has failed when it throws
    /// <see cref="IOException"/>, <see cref="OperationCanceledException"/> or <see cref="InvalidDataException"/>.</param>
    /// <param name="cancellationToken">Ends when the sender's connection is gone.</param>
    /// <returns>How the transfer ended, once that is known; or why this sender's part ended before.</returns>
    public async Task<SendResult> SendAsync(PipeReader body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var activity = TransferTrace.StartSending(_transfer);
        var registration = cancellationToken.UnsafeRegister(
            static sender => ((TransferSender)sender!).Lose(TransferError.SenderLost),
            this);
        await using (registration.ConfigureAwait(false))
        {
            Volatile.Write(ref _isStarted, 1);
            TransferError error;
            try
            {
                error = await _pump.RunAsync(body).ConfigureAwait(false);
            }
            finally
            {
                _stopped.TrySetResult();
            }

            EndBody(error);
            if (_terms.HandsIn && error == TransferError.None)
            {
                await HandIn.AcceptAsync(_transfer, this).ConfigureAwait(false);
            }

            var result = await _ended.Task.ConfigureAwait(false);
            TransferTrace.End(activity, result.Error, result.Offset);
            return result;
        }
    }

    /// <summary>Leaves the transfer. If it has not ended the sender counts as lost.</summary>
    /// <returns>A task that ends at once or, for the last to leave an ended transfer, when what that held is given back.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        try
        {
            Lose(TransferError.SenderLost);
        }
        finally
        {
            if (Volatile.Read(ref _isStarted) == 0)
            {
                _stopped.TrySetResult();
            }

            await _transfer.LeaveAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Fails the transfer for a reason that only the caller knows; does nothing when it has ended.</summary>
    /// <param name="error">Why.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="error"/> is <see cref="TransferError.None"/>.</exception>
    public void Fail(TransferError error)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)error, (int)TransferError.None, nameof(error));
        _transfer.TryFinish(error);
    }

    /// <summary>The connection is gone. A file that it has sent completely still reaches a receiver that is there.</summary>
    internal void Lose(TransferError error)
    {
        bool isFinal;
        lock (_transfer.Channel.Lock)
        {
            if (!_transfer.IsHere_NeedsLock(this))
            {
                return;
            }

            var mayReturn = _transfer.Sender.MayResume && _transfer.CanResume;
            isFinal = !mayReturn && !(_transfer.Content.IsComplete && _transfer.Receivers.AreAttended);
            if (!isFinal)
            {
                _transfer.FreeSenderSeat_NeedsLock(error);
            }
        }

        if (isFinal)
        {
            _transfer.TryFinish(error);
        }
        else
        {
            End(error);
        }
    }

    /// <summary>Leaves the seat to another connection of the sender; does nothing when that has happened.</summary>
    internal void GiveWay()
    {
        lock (_transfer.Channel.Lock)
        {
            if (!_transfer.IsHere_NeedsLock(this))
            {
                return;
            }

            _transfer.FreeSenderSeat_NeedsLock(TransferError.SenderLost);
        }

        End(TransferError.Superseded);
    }

    /// <summary>Ends this sender's part, and not the transfer.</summary>
    internal void End(TransferError error) => End(new SendResult(error, _transfer.Content.BytesReceived, Outcome: null));

    /// <summary>Ends this sender's part; the pump stops soon.</summary>
    internal void End(SendResult result)
    {
        if (_ended.TrySetResult(result) && !_stopped.Task.IsCompleted)
        {
            _pump.Interrupt();
        }
    }

    /// <summary>The pump has come to an end: of the file, of a piece of it, or of the sender.</summary>
    private void EndBody(TransferError error)
    {
        if (error == TransferError.SenderLost)
        {
            Lose(error);
            return;
        }

        var content = _transfer.Content;
        var isPiece = false;
        lock (_transfer.Channel.Lock)
        {
            if (!_transfer.IsHere_NeedsLock(this))
            {
                return;
            }

            isPiece = error == TransferError.None && !_terms.EndsFile && content.Description.Length != content.BytesReceived;
            if (isPiece)
            {
                _transfer.FreeSenderSeat_NeedsLock(TransferError.SenderLost);
            }
            else if (error == TransferError.None && content.IsCutShort)
            {
                error = TransferError.BadBody;
            }
            else if (error == TransferError.None)
            {
                content.End();
            }
        }

        if (error != TransferError.None)
        {
            _transfer.TryFinish(error);
        }
        else if (isPiece)
        {
            End(TransferError.None);
        }
        else
        {
            Complete(content.Buffer!);
        }
    }

    /// <summary>Ends the log well. A buffer that cannot do that has lost the bytes.</summary>
    private void Complete(IChunkBuffer buffer)
    {
        var steps = new EndSteps();
        steps.Do(buffer.Complete);
        if (steps.Failures.Count > 0)
        {
            _transfer.TryFinish(TransferError.NoRoom);
            _transfer.Host.Report(_transfer, steps);
        }
    }
}
