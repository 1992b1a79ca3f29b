using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Beam.Buffering;

namespace Beam.Transfers;

/// <summary>Moves a sender's body into the log of a transfer.</summary>
/// <remarks>For one caller, once. <see cref="Interrupt"/> may be called from any thread.</remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer holds nothing that disposing would free.")]
internal sealed class SenderPump(TransferContent content, SendTerms terms, BeamOptions options, TimeProvider timeProvider)
{
    // Ends the wait for room in the log, and says that the pump is to stop.
    private readonly CancellationTokenSource _interrupt = new();

    private readonly long _maxBytes = options.LargestTransferBytes;

    // What the sender has declared or what is allowed: a receiver never gets more.
    private readonly long _mostBytes = Math.Min(options.LargestTransferBytes, content.Length ?? options.LargestTransferBytes);

    // The body while it is waited for, so that the wait can be ended; null otherwise.
    private PipeReader? _waitingBody;

    /// <summary>Gets what the body has thrown, if that is what ended the pump.</summary>
    public Exception? BodyFailure { get; private set; }

    /// <summary>Gets what tells how long the sender has been silent.</summary>
    public StallWatch Watch { get; } = new(timeProvider);

    /// <summary>Gets what tells how long the relay has held the sender back.</summary>
    public StallWatch AppendWatch { get; } = new(timeProvider);

    // With a digest the last byte stays in the body until all before it are known to be right.
    private bool IsChecked => terms is { Sha256: not null, EndsFile: true };

    /// <summary>Moves bytes until the body ends, fails, breaks its word, or the pump is interrupted.</summary>
    /// <returns><see cref="TransferError.None"/> when the body has ended well; otherwise what ended it.</returns>
    public async ValueTask<TransferError> RunAsync(PipeReader body)
    {
        Watch.End();
        try
        {
            while (!_interrupt.IsCancellationRequested)
            {
                // 1. Take what has come.
                var read = await ReadAsync(body).ConfigureAwait(false);

                // 2. Append it to the log, waiting while that is full.
                var bytes = IsChecked ? read.Buffer.Slice(0, Math.Max(0, read.Buffer.Length - 1)) : read.Buffer;
                var status = _interrupt.IsCancellationRequested ? AppendStatus.Interrupted : await AppendAsync(bytes).ConfigureAwait(false);
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

                // 3. Let the body have its memory back, and see whether that was the end.
                body.AdvanceTo(bytes.End, read.Buffer.End);
                if (FindEnd(status, read.IsCompleted) is { } end)
                {
                    return end;
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

    /// <summary>Ends the waits of the pump, which stops soon.</summary>
    public void Interrupt()
    {
        _ = _interrupt.CancelAsync();
        if (Volatile.Read(ref _waitingBody) is { } body)
        {
            CancelRead(body);
        }
    }

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

    private TransferError? FindEnd(AppendStatus status, bool isCompleted)
    {
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

        if (content.BytesReceived > _mostBytes)
        {
            return content.BytesReceived > _maxBytes ? TransferError.TooLarge : TransferError.BadBody;
        }

        return isCompleted ? TransferError.None : null;
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

        // A full fence: either the interruption sees that we wait, or we see the interruption.
        Interlocked.Exchange(ref _waitingBody, body);
        try
        {
            if (_interrupt.IsCancellationRequested)
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
            content.Digest!.Append(segment.Span);
        }

        return content.Digest!.Is(terms.Sha256!.Value.Span);
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
            content.CountReceived(segment.Length);
            if (content.BytesReceived > _mostBytes)
            {
                return AppendStatus.Appended;
            }

            var status = await AppendAsync(segment, isDigested ? null : content.Digest).ConfigureAwait(false);
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
        var buffer = content.Buffer!;
        var from = digest is null ? 0 : buffer.Held.To;
        var pending = buffer.AppendAsync(segment, _interrupt.Token);
        if (!pending.IsCompletedSuccessfully)
        {
            AppendWatch.Begin();
        }

        var status = await pending.ConfigureAwait(false);
        AppendWatch.End();
        content.NoteAppended();

        // After an interruption only a part was taken; the sender that goes on sends the rest again.
        digest?.Append(segment.Span[..(status == AppendStatus.Appended ? segment.Length : (int)(buffer.Held.To - from))]);
        return status;
    }
}
