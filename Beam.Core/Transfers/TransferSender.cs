using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Beam.Buffering;

namespace Beam.Transfers;

/// <summary>The sender's place in a transfer. Disposing it before the end counts as breaking off: somebody may come back for the rest.</summary>
/// <remarks>For one caller. <see cref="SendAsync"/> is called at most once.</remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer holds nothing that disposing would free.")]
public sealed class TransferSender : IAsyncDisposable
{
    private readonly Transfer _transfer;
    private readonly SendTerms _terms;
    private readonly long _maxBytes;

    // What the sender declared or what is allowed: the receiver is never handed more.
    private readonly long _mostBytes;
    private readonly CancellationTokenSource _interrupt = new();
    private readonly TaskCompletionSource<SendResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PipeReader? _waitingBody;
    private int _isStarted;
    private int _isDisposed;

    internal TransferSender(Transfer transfer, BeamOptions options, long? declaredBytes, SendTerms terms, TimeProvider timeProvider)
    {
        _transfer = transfer;
        _terms = terms;
        _maxBytes = options.MaxTransferBytes ?? long.MaxValue;
        _mostBytes = Math.Min(_maxBytes, declaredBytes ?? long.MaxValue);
        Watch = new StallWatch(timeProvider);
        AppendWatch = new StallWatch(timeProvider);
    }

    /// <summary>Gets the short id of the transfer, for logs.</summary>
    public string TransferId => _transfer.Id;

    /// <summary>Gets what the body has thrown, if that is how this sender's part has ended; <see langword="null"/> otherwise.</summary>
    /// <remarks>Known when <see cref="SendAsync"/> has returned. The result says all that matters to the transfer; this tells a reset from other failures.</remarks>
    public Exception? BodyFailure { get; private set; }

    /// <summary>Gets what tells how long the sender has been silent.</summary>
    internal StallWatch Watch { get; }

    /// <summary>Gets what tells how long the sender has been held back by us.</summary>
    internal StallWatch AppendWatch { get; }

    private bool IsChecked => _terms is { Sha256: not null, EndsFile: true };

    /// <summary>Gets the task that ends when nothing of this sender reaches the log any more.</summary>
    internal Task Stopped => _stopped.Task;

    /// <summary>Moves <paramref name="body"/> into the transfer and waits for its outcome, or for the end of this sender's part in it.</summary>
    /// <remarks>The network's failures are in the result. The body is left where it was read to; completing it is the caller's.</remarks>
    /// <param name="body">The bytes. An end of the body counts as the sender's word that it is complete; a body that throws
    /// <see cref="IOException"/>, <see cref="OperationCanceledException"/> or <see cref="InvalidDataException"/> is a failed one.</param>
    /// <param name="cancellationToken">Ends when the sender's connection is gone.</param>
    /// <returns>How the transfer ended, once that is known; or why this sender's part ended before.</returns>
    public async Task<SendResult> SendAsync(PipeReader body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var activity = _transfer.StartSending();
        var registration = cancellationToken.UnsafeRegister(static sender => ((TransferSender)sender!).OnConnectionGone(), this);
        await using (registration.ConfigureAwait(false))
        {
            Volatile.Write(ref _isStarted, 1);
            TransferError error;
            try
            {
                error = await PumpAsync(body).ConfigureAwait(false);
            }
            finally
            {
                _stopped.TrySetResult();
            }

            _transfer.EndBody(this, error, _terms.EndsFile);
            if (_terms.HandsIn && error == TransferError.None)
            {
                await _transfer.AcceptAsync(this).ConfigureAwait(false);
            }

            var result = await _ended.Task.ConfigureAwait(false);
            Transfer.EndActivity(activity, result.Error, result.Offset);
            return result;
        }
    }

    /// <summary>Leaves the transfer. If it has not ended the sender counts as lost.</summary>
    /// <returns>A task that ends when what the transfer held is given back, if it has ended and everybody else has left too.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _transfer.LoseSender(this, TransferError.SenderLost);
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

    /// <summary>Ends this sender's part; the pump stops soon.</summary>
    internal void End(SendResult result)
    {
        if (_ended.TrySetResult(result) && !_stopped.Task.IsCompleted)
        {
            _ = _interrupt.CancelAsync();
            if (Volatile.Read(ref _waitingBody) is { } body)
            {
                CancelRead(body);
            }
        }
    }

    private void OnConnectionGone() => _transfer.LoseSender(this, TransferError.SenderLost);

    private static void CancelRead(PipeReader body)
    {
        try
        {
            body.CancelPendingRead();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A request body whose connection is gone refuses even this, with the error that ends the pending read anyway.
        }
    }

    private async ValueTask<TransferError> PumpAsync(PipeReader body)
    {
        try
        {
            while (!_ended.Task.IsCompleted)
            {
                var read = await ReadAsync(body).ConfigureAwait(false);

                // With a digest the last byte stays in the body until all before it are known to be right.
                var bytes = IsChecked ? read.Buffer.Slice(0, Math.Max(0, read.Buffer.Length - 1)) : read.Buffer;
                var status = _ended.Task.IsCompleted ? AppendStatus.Interrupted : await AppendAsync(bytes).ConfigureAwait(false);
                if (IsChecked && read.IsCompleted && status == AppendStatus.Appended)
                {
                    var last = read.Buffer.Slice(bytes.End);
                    if (!IsRight(last))
                    {
                        body.AdvanceTo(read.Buffer.End);
                        return TransferError.DigestMismatch;
                    }

                    status = await AppendAsync(last, isDigested: true).ConfigureAwait(false);
                    bytes = read.Buffer;
                }

                body.AdvanceTo(bytes.End, read.Buffer.End);
                switch (status)
                {
                    case AppendStatus.NoRoom or AppendStatus.Closed:
                        // Whatever closed the buffer has decided the outcome, unless its maker did it: then there is no room in it.
                        return TransferError.NoRoom;
                    case AppendStatus.Interrupted:
                        return TransferError.SenderLost;
                    default:
                        break;
                }

                if (_transfer.Content.BytesReceived > _mostBytes)
                {
                    return _transfer.Content.BytesReceived > _maxBytes ? TransferError.TooLarge : TransferError.BadBody;
                }

                if (read.IsCompleted)
                {
                    return TransferError.None;
                }
            }
        }
        catch (InvalidDataException)
        {
            return TransferError.BadBody;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            BodyFailure = exception;
            return TransferError.SenderLost;
        }

        return TransferError.SenderLost;
    }

    // It waits for every piece: without this each wait would be an allocation.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadAsync(PipeReader body)
    {
        var pending = body.ReadAsync(CancellationToken.None);
        if (pending.IsCompletedSuccessfully)
        {
            return await pending.ConfigureAwait(false);
        }

        Watch.Begin();
        Volatile.Write(ref _waitingBody, body);
        try
        {
            // Our part may have ended before anybody could see that we wait.
            if (_ended.Task.IsCompleted)
            {
                CancelRead(body);
            }

            return await pending.ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _waitingBody, null);
            Watch.End();
        }
    }

    private bool IsRight(ReadOnlySequence<byte> last)
    {
        foreach (var segment in last)
        {
            _transfer.Content.Digest!.Append(segment.Span);
        }

        return _transfer.Content.Digest!.Is(_terms.Sha256!.Value.Span);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AppendStatus> AppendAsync(ReadOnlySequence<byte> bytes, bool isDigested = false)
    {
        foreach (var segment in bytes)
        {
            if (segment.IsEmpty)
            {
                continue;
            }

            // Counted first: a receiver that is fed inline may report the end of the transfer before the append returns.
            _transfer.Content.CountReceived(segment.Length);
            if (_transfer.Content.BytesReceived > _mostBytes)
            {
                return AppendStatus.Appended;
            }

            var status = await AppendAsync(segment, isDigested ? null : _transfer.Content.Digest).ConfigureAwait(false);
            if (status != AppendStatus.Appended)
            {
                return status;
            }
        }

        return AppendStatus.Appended;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> segment, TransferDigest? digest)
    {
        var buffer = _transfer.Content.Buffer!;
        var from = digest is null ? 0 : buffer.Held.To;
        var pending = buffer.AppendAsync(segment, _interrupt.Token);
        if (!pending.IsCompletedSuccessfully)
        {
            AppendWatch.Begin();
        }

        var status = await pending.ConfigureAwait(false);
        AppendWatch.End();

        // After an interruption only a part was taken; whoever goes on sends the rest again.
        digest?.Append(segment.Span[..(status == AppendStatus.Appended ? segment.Length : (int)(buffer.Held.To - from))]);
        return status;
    }
}
