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

    // With a declared digest, the last byte that has come. It leaves when another has come, or when all are known to be right. If the
    // connection breaks, the sender that goes on brings it again.
    private ReadOnlyMemory<byte> _last;

    /// <summary>Gets what the body has thrown, if that is what ended the pump.</summary>
    public Exception? BodyFailure { get; private set; }

    /// <summary>Gets what tells how long the sender has been silent.</summary>
    public StallWatch Watch { get; } = new(timeProvider);

    /// <summary>Gets what tells how long the relay has held the sender back.</summary>
    public StallWatch AppendWatch { get; } = new(timeProvider);

    private bool IsTooMuch => content.BytesReceived > _mostBytes;

    private bool IsChecked => content.DeclaredSha256 is not null;

    private bool EndsFile => terms.EndsFile || content.BytesReceived + _last.Length == content.Length;

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

                // 2. Append it to the log, waiting while that is full. Then let the body have its memory back.
                var status = _interrupt.IsCancellationRequested
                    ? AppendStatus.Interrupted
                    : await TakeAsync(read.Buffer).ConfigureAwait(false);
                body.AdvanceTo(read.Buffer.End);

                // 3. See whether that was the end, and whether the file is what was declared.
                if (read.IsCompleted && status == AppendStatus.Appended && IsChecked && !IsTooMuch)
                {
                    if (EndsFile && !content.IsAsDeclared(_last.Span))
                    {
                        return TransferError.DigestMismatch;
                    }

                    status = await AppendAsync(new ReadOnlySequence<byte>(_last)).ConfigureAwait(false);
                }

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
                return content.LackOfRoom;

            case AppendStatus.Interrupted:
                return TransferError.SenderLost;

            default:
                break;
        }

        if (IsTooMuch)
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AppendStatus> TakeAsync(ReadOnlySequence<byte> bytes)
    {
        if (!IsChecked || bytes.IsEmpty)
        {
            return await AppendAsync(bytes).ConfigureAwait(false);
        }

        if (bytes.Length > _mostBytes - content.BytesReceived - _last.Length)
        {
            // The last byte that was declared is not the last that has come: nobody gets it.
            content.CountReceived(_last.Length + bytes.Length);
            return AppendStatus.Appended;
        }

        var status = await AppendAsync(new ReadOnlySequence<byte>(_last)).ConfigureAwait(false);
        if (status == AppendStatus.Appended)
        {
            _last = bytes.Slice(bytes.Length - 1).ToArray();
            status = await AppendAsync(bytes.Slice(0, bytes.Length - 1)).ConfigureAwait(false);
        }

        return status;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AppendStatus> AppendAsync(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            if (segment.IsEmpty)
            {
                continue;
            }

            // Counted first: a receiver that is fed inline may report the end of the transfer before the append returns.
            content.CountReceived(segment.Length);
            if (IsTooMuch)
            {
                return AppendStatus.Appended;
            }

            var status = await AppendAsync(segment, content.Digest).ConfigureAwait(false);
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
        if (!content.TryCharge(content.BytesReceived))
        {
            return AppendStatus.NoRoom;
        }

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
