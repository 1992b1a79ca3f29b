using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Delivery;
using Beam.AspNetCore.Diagnostics;
using Beam.AspNetCore.Events;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Routing;
using Beam.AspNetCore.Status;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Receiving;

/// <summary><c>GET {base}/{token}/{name}</c>: the file, as soon as its sender is there; for who only looks, a page, the status or live events.</summary>
internal sealed class ReceiveHandler(Relay relay, StatusHandler status, EventsHandler events, QuotaGate quotas, TimeProvider timeProvider, ILogger<ReceiveHandler> logger)
    : IBeamHttpHandler
{
    public async Task HandleAsync(HttpContext context)
    {
        if (TokenGate.Find(context, relay) is not { } token)
        {
            await Refusal.WriteAsync(context, AnswerTable.ForReceiver(TransferError.UnknownToken));
            return;
        }

        if (!TransferName.TryDecode(RequestTarget.LastSegment(context), out var name))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, TransferName.Rule);
            return;
        }

        if (StatusHandler.IsAsked(context.Request))
        {
            await StatusHandler.WriteAsync(context, token, name);
            return;
        }

        if (EventStream.IsAsked(context.Request))
        {
            await events.WatchAsync(context, token, name);
            return;
        }

        if (QrAnswer.IsAsked(context.Request))
        {
            await status.WriteQrAsync(context, name);
            return;
        }

        if (PageLoad.IsWanted(context.Request))
        {
            await status.WritePageAsync(context, token, name);
            return;
        }

        if (PageLoad.IsAhead(context.Request))
        {
            await Refusal.WriteAsync(context, PageLoad.NotAhead);
            return;
        }

        if (!WaitPreference.TryRead(context.Request, out var wait))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, WaitPreference.Rule);
            return;
        }

        if (!ConfirmationId.TryRead(context.Request, out var confirms, out var confirmationId))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, ConfirmationId.Rule);
            return;
        }

        if (!quotas.TryEnter(context, token.Channel, bytes: null, out var quota, out var refusal))
        {
            await Refusal.WriteAsync(context, refusal);
            return;
        }

        using (quota)
        {
            var terms = RequestedRange.Read(context.Request) with { Wait = wait, Confirms = confirms, ConfirmationId = confirmationId };
            await JoinAsync(context, token, name, terms, quota);
        }
    }

    /// <summary>Waits for the sender of a file and passes it on.</summary>
    public async Task ServeAsync(HttpContext context, TransferReceiver lease, ReceiveTerms terms, QuotaLease quota)
    {
        if (terms.Confirms && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // The request lasts until its receiver's word has come: on the same connection the word would have to wait for it.
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

    private async Task JoinAsync(HttpContext context, Token token, string name, ReceiveTerms terms, QuotaLease quota)
    {
        var joined = await relay.JoinAsReceiverAsync(token, name, terms, context.RequestAborted);
        if (!joined.IsJoined)
        {
            await RefuseAsync(context, joined, terms);
            return;
        }

        await ServeAsync(context, joined.Lease, terms, quota);
    }

    private async Task ServeAsync(HttpContext context, TransferReceiver lease)
    {
        using var trail = RequestTrail.OfReceiver(context, logger, lease.TransferId);
        await using var receiver = lease;
        var error = await receiver.WaitForStartAsync(context.RequestAborted);
        if (error != TransferError.None)
        {
            await Refusal.WriteAsync(context, AnswerTable.ForReceiver(error));
            return;
        }

        if (receiver.HasEverything)
        {
            // It says so itself: it asked for what comes after the last byte.
            receiver.FinishDelivery(DeliveryStatus.Confirmed);
            await RequestedRange.WriteNothingLeftAsync(context, receiver.Length);
            return;
        }

        FileHeaders.Write(context.Response, receiver, receiver.Name);
        ReprDigest.Write(context.Response, receiver.Sha256);
        RequestedRange.Write(context.Response, receiver, isPart: receiver.From > 0 || receiver.IsPiece);
        await DeliverAsync(context, receiver);
    }

    private static Task RefuseAsync(HttpContext context, JoinResult<TransferReceiver> refused, ReceiveTerms terms)
    {
        if (refused.Past is { } past)
        {
            // wget asks once more after a file whose length it was not told, and takes this for the end.
            return past.IsSuccess && terms is { TransferId: null, From: > 0 } && terms.From == past.Bytes
                ? RequestedRange.WriteNothingLeftAsync(context, past.Bytes)
                : Refusal.WriteAsync(context, AnswerTable.ForLateReceiver(past));
        }

        return refused is { Error: TransferError.RangeNotHeld, Transfer: { } transfer }
            ? RequestedRange.RefuseAsync(context, terms.From is not null, transfer)
            : Refusal.WriteAsync(context, AnswerTable.ForReceiver(refused.Error));
    }

    private async Task DeliverAsync(HttpContext context, TransferReceiver receiver)
    {
        var watch = DeliveryWatch.Begin(context);
        var error = await receiver.ReceiveAsync(watch.Body, watch.Progress, context.RequestAborted);
        if (error != TransferError.None)
        {
            // A reset on Kestrel, so that also a client which reads until the end of the connection sees the failure.
            await ResponseAbort.AbortAsync(context, timeProvider);
            return;
        }

        if (!await watch.TryBeginEndAsync(receiver, timeProvider))
        {
            receiver.Fail(TransferError.ReceiverLost);
            await ResponseAbort.AbortAsync(context, timeProvider);
            return;
        }

        // The one line that ends a download well. It waits while the connection's buffer is full.
        var completed = context.Response.CompleteAsync();
        if (await Task.WhenAny(completed, receiver.Ended) != completed && await receiver.Ended != TransferError.None)
        {
            await ResponseAbort.AbortAsync(context, timeProvider);
            return;
        }

        await completed;
        await watch.FinishAsync(receiver, timeProvider);
        if (await receiver.Ended != TransferError.None)
        {
            await ResponseAbort.AbortAsync(context, timeProvider);
        }
    }
}
