using System.Buffers;
using System.IO.Pipelines;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Uploads;

/// <summary>
/// <c>HEAD {base}/{token}/{name}</c>: the headers of the file if the token may receive it, and where the file goes on if the token may send
/// it. It takes no receiver's seat and cuts no sender.
/// </summary>
internal sealed class HeadHandler(Relay relay) : ITransferHandler
{
    public async Task HandleAsync(HttpContext context, Token token, string name)
    {
        var maySend = token.Rights.HasFlag(TokenRights.Send);
        var status = token.Channel.FindStatus(name);
        var past = status?.Outcome;
        var transfer = past is null && status?.Transfer is { State: not TransferState.WaitingForSender } begun ? begun : null;
        if (maySend && transfer is { IsSenderConnected: false, IsHandedIn: false } && transfer.Length == transfer.Held.To)
        {
            // Only the answer was lost. A sender that asks where to go on now gets that answer: how the transfer ends.
            past = await WaitForOutcomeAsync(context, token, name, transfer);
            transfer = past is null ? transfer : null;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            Refusal.NoteClientGone(context);
            return;
        }

        if (transfer is not null)
        {
            Write(context, token, name, transfer);
        }
        else if (maySend && past is { IsSuccess: true, Length: { } length })
        {
            UploadFields.Write(context, length, isComplete: true, length);
            context.Response.Headers.CacheControl = "no-store";
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            await Refusal.WriteAsync(
                context,
                past is null ? AnswerTable.ForSender(TransferError.UnknownName) : AnswerTable.ForLateReceiver(past));
        }
    }

    private async Task<TransferOutcome?> WaitForOutcomeAsync(HttpContext context, Token token, string name, TransferSnapshot transfer)
    {
        var joined = await relay.ResumeAsSenderAsync(token, name, transfer.Held.To, transfer.Length);
        if (!joined.IsJoined)
        {
            return token.Channel.FindStatus(name)?.Outcome;
        }

        await using var sender = joined.Lease;
        return (await sender.SendAsync(PipeReader.Create(ReadOnlySequence<byte>.Empty), context.RequestAborted)).Outcome;
    }

    private static void Write(HttpContext context, Token token, string name, TransferSnapshot transfer)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.StatusCode = StatusCodes.Status204NoContent;
        if (token.Rights.HasFlag(TokenRights.Receive))
        {
            response.StatusCode = StatusCodes.Status200OK;
            FileHeaders.Write(response, transfer.Description, transfer.Id, name, transfer.Length);
        }

        if (token.Rights.HasFlag(TokenRights.Send))
        {
            // An upload is complete when it has reached its receivers, or after a hand-in: only then has the sender nothing left to do.
            UploadFields.Write(context, transfer.Held.To, isComplete: transfer.IsHandedIn, transfer.Length);
            UploadFields.WriteLimits(context);
        }
    }
}
