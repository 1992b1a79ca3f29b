using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Delivery;
using Beam.AspNetCore.Diagnostics;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Quotas;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Receiving;

/// <summary>Passes a file on to a receiver that has a seat, and finds out whether it has arrived.</summary>
internal sealed class Download(TimeProvider timeProvider, ILogger<Download> logger)
{
    /// <summary>Waits for the sender of a file and passes it on.</summary>
    public async Task RunAsync(HttpContext context, TransferReceiver lease, ReceiveTerms terms, QuotaLease quota)
    {
        if (terms.Confirms && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // The request lasts until the receiver has confirmed. On one connection, the confirmation would have to wait for the request.
            context.Response.Headers.Connection = "close";
        }

        try
        {
            await ServeAsync(context, lease);
        }
        finally
        {
            quota.Count(lease.BytesSent);
        }
    }

    private async Task ServeAsync(HttpContext context, TransferReceiver lease)
    {
        // The lease first: a logger may throw.
        await using var receiver = lease;
        using var trail = RequestTrail.OfReceiver(context, logger, lease.TransferId);

        // 1. Wait for the sender and its first byte. A failure before that byte has a status of its own.
        var error = await receiver.WaitForStartAsync(context.RequestAborted);
        if (error != TransferError.None)
        {
            await (error == TransferError.NothingToResume
                ? RequestedRange.RefuseNothingAsync(context, receiver.Length)
                : Refusal.WriteAsync(context, AnswerTable.ForReceiver(error)));
            return;
        }

        if (receiver.HasEverything)
        {
            await EndWithoutBytesAsync(context, receiver);
            return;
        }

        // 2. Say what comes. It was decided above, and nothing that becomes known later changes it.
        FileHeaders.Write(context.Response, receiver, receiver.Name);
        ReprDigest.Write(context.Response, receiver.Sha256);
        RequestedRange.Write(context.Response, receiver);
        await DeliverAsync(context, receiver);
    }

    /// <summary>
    /// Answers a receiver that asks for what comes after the last byte, by which it says that it has everything. The relay knows what it
    /// has handed to it, and so what that is worth.
    /// </summary>
    private static async Task EndWithoutBytesAsync(HttpContext context, TransferReceiver receiver)
    {
        receiver.FinishDelivery(DeliveryStatus.Confirmed);
        await RequestedRange.WriteNothingLeftAsync(context, receiver.Length);

        // A receiver that confirms with the digest does so after this answer, and its seat is there until then.
        await context.Response.CompleteAsync();
        await receiver.Ended;
    }

    private async Task DeliverAsync(HttpContext context, TransferReceiver receiver)
    {
        // 3. Move the bytes.
        var watch = DeliveryWatch.Begin(context);
        var error = await receiver.ReceiveAsync(watch.Body, watch.Progress, context.RequestAborted);
        if (error != TransferError.None)
        {
            // A reset on Kestrel: even a client that reads until the end of the connection sees the failure.
            await ResponseAbort.AbortAsync(context, timeProvider);
            return;
        }

        // 4. Where the end of the response could hide what the client has, wait first until the client's system has the bytes.
        if (!await watch.TryBeginEndAsync(receiver, timeProvider))
        {
            receiver.Fail(TransferError.ReceiverLost);
            await ResponseAbort.AbortAsync(context, timeProvider);
            return;
        }

        // 5. Only this line ends a download well. It waits while the connection's buffer is full.
        var completed = context.Response.CompleteAsync();
        if (await Task.WhenAny(completed, receiver.Ended) != completed && await receiver.Ended != TransferError.None)
        {
            await ResponseAbort.AbortAsync(context, timeProvider);
            return;
        }

        // 6. Find out whether the client has read everything, and tell the sender.
        await completed;
        await watch.FinishAsync(receiver, timeProvider);
        if (await receiver.Ended != TransferError.None)
        {
            await ResponseAbort.AbortAsync(context, timeProvider);
        }
    }
}
