using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Quotas;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Sending;

/// <summary>Continues a file. A range from the file's start also begins it.</summary>
internal sealed class ContinueUpload(Relay relay, UploadGate gate, BeginUpload begin, UploadReply reply)
{
    /// <summary>Sends a piece of a file, and answers with the outcome.</summary>
    public async Task RunAsync(HttpContext context, SendRequest asked, string name)
    {
        if (!gate.TryEnter(context, asked, out var quota, out var refusal))
        {
            await Refusal.WriteAsync(context, refusal);
            return;
        }

        using (quota)
        {
            await RunAsync(context, asked, name, quota);
        }
    }

    private async Task RunAsync(HttpContext context, SendRequest asked, string name, QuotaLease quota)
    {
        var piece = asked.Piece;
        var status = asked.Token.Channel.FindStatus(name);
        var past = status?.Outcome;
        var transfer = past is null ? status?.Transfer : null;
        if (RunsOverTheEnd(piece, transfer))
        {
            await Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.LengthChanged));
            return;
        }

        var terms = asked.Terms with
        {
            Account = quota.Account,
            HandsIn = AsyncPreference.IsAsked(context.Request),
            EndsFile = piece.EndsFile(transfer?.Length),
        };
        var joined = await relay.ResumeAsSenderAsync(asked.Token, name, piece.Offset!.Value, piece.Length, terms);
        if (joined.IsJoined)
        {
            await reply.RunAsync(context, joined.Lease, context.Request.BodyReader, piece, form: null, quota);
            return;
        }

        if (joined.Error == TransferError.UnknownName && piece.Offset == 0 && !HttpMethods.IsPatch(context.Request.Method))
        {
            var description = FileHeaders.Describe(context.Request) with { Length = piece.Length };
            await begin.RunAsync(context, asked, new NamedBody(name, description, context.Request.BodyReader), quota);
            return;
        }

        await Refusal.WriteAsync(context, Explain(context, joined, piece, past));
    }

    /// <summary>Says whether a body would run over the end of the file: once begun, it would spoil the transfer.</summary>
    private static bool RunsOverTheEnd(UploadPiece piece, TransferSnapshot? transfer)
        => transfer is not null && piece.Offset == transfer.Held.To && piece.End > transfer.Length;

    private static Answer Explain(HttpContext context, JoinResult<TransferSender> refused, UploadPiece piece, TransferOutcome? past)
    {
        if (refused.Error == TransferError.UnknownName && past is not null)
        {
            return context.Request.ContentLength is not 0 && past.IsSuccess
                ? AnswerTable.ForSender(TransferError.LengthChanged)
                : AnswerTable.ForLateSender(past);
        }

        var answer = AnswerTable.ForSender(refused.Error);
        if (refused is { Error: TransferError.WrongOffset, Transfer: { } transfer })
        {
            UploadFields.Write(context, transfer.Held.To, isComplete: false, transfer.Length);
            return answer with { ExpectedOffset = transfer.Held.To, ProvidedOffset = piece.Offset };
        }

        return answer;
    }
}
