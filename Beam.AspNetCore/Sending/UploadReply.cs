using System.IO.Pipelines;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Diagnostics;
using Beam.AspNetCore.Forms;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Requests;
using Beam.Transfers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Beam.AspNetCore.Sending;

/// <summary>Moves a body into a transfer that it has joined, and answers with the outcome.</summary>
internal sealed class UploadReply(ILogger<UploadReply> logger)
{
    public async Task RunAsync(
        HttpContext context,
        TransferSender lease,
        PipeReader body,
        UploadPiece piece,
        UploadForm? form,
        QuotaLease quota)
    {
        // The lease first: a logger may throw.
        await using var sender = lease;
        using var trail = RequestTrail.OfSender(context, logger, lease.TransferId);
        RequestBody.NoteReading(context);
        quota.Begin();
        var result = await sender.SendAsync(body, context.RequestAborted);
        quota.Count(form?.BytesRead ?? result.Offset - (piece.Offset ?? 0));
        if (context.RequestAborted.IsCancellationRequested)
        {
            Refusal.NoteClientGone(context);
            return;
        }

        if (sender.BodyFailure is ConnectionResetException)
        {
            // The server says so through RequestAborted only a moment later. Without Abort it would read on, while the failed read is still
            // open.
            Refusal.NoteClientGone(context);
            context.Abort();
            return;
        }

        await WriteAsync(context, result, piece, form);
    }

    private static Task WriteAsync(HttpContext context, SendResult result, UploadPiece piece, UploadForm? form)
    {
        var isNew = piece.Offset is null or 0;
        switch (result)
        {
            case { Outcome: { IsSuccess: true } outcome }:
                NoteEnd(context, piece, outcome.Length ?? result.Offset, isNew);
                return Receipt.WriteAsync(context, outcome);

            case { HandedInUntil: { } until }:
                NoteEnd(context, piece, result.Offset, isNew);
                return AcceptedReceipt.WriteAsync(context, result.Offset, until);

            case { Error: TransferError.None, Outcome: null }:
                UploadResponse.WritePiece(context, result.Offset, isNew: isNew && !HttpMethods.IsPatch(context.Request.Method));
                return Task.CompletedTask;

            default:
                return Refusal.WriteAsync(context, Explain(result, form));
        }
    }

    /// <summary>Finds the answer for a sender whose file has not arrived.</summary>
    /// <param name="result">How the sending ended.</param>
    /// <param name="form">The form that has the file, if there is one: a mistake in the form is the better reason.</param>
    public static Answer Explain(SendResult result, UploadForm? form)
    {
        var answer = result.Outcome is { } failed ? AnswerTable.ForSender(failed) : AnswerTable.ForSender(result.Error);
        return form?.Mistake is { } mistake ? answer with { Reason = mistake } : answer;
    }

    private static void NoteEnd(HttpContext context, UploadPiece piece, long bytes, bool isNew)
    {
        if (piece.IsResumable)
        {
            UploadResponse.WriteEnd(context, bytes, isNew);
        }
    }
}
