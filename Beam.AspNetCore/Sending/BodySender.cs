using System.IO.Pipelines;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Diagnostics;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Forms;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Requests;
using Beam.Transfers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Sending;

/// <summary>Moves a request's body into a transfer, as the beginning of a file or where it goes on, and answers what became of it.</summary>
internal sealed class BodySender(
    Relay relay,
    QuotaGate quotas,
    IOptions<BeamOptions> options,
    IOptions<BeamHttpOptions> httpOptions,
    ILogger<BodySender> logger)
{
    /// <summary>Sends a file from its start.</summary>
    public Task BeginAsync(HttpContext context, SendRequest request, string name, TransferDescription description, PipeReader body, UploadForm? form = null)
        => RunCountedAsync(context, request, quota => BeginAsync(context, request, name, description, body, form, quota));

    /// <summary>Goes on with a file; with a range from its start, also begins it.</summary>
    public Task ContinueAsync(HttpContext context, SendRequest request, string name)
        => RunCountedAsync(context, request, quota => ContinueAsync(context, request, name, quota));

    private async Task RunCountedAsync(HttpContext context, SendRequest request, Func<QuotaLease, Task> run)
    {
        if (!quotas.TryEnter(context, request.Token.Channel, context.Request.ContentLength, out var quota, out var refusal))
        {
            await Refusal.WriteAsync(context, refusal);
            return;
        }

        using (quota)
        {
            await run(quota);
        }
    }

    private async Task BeginAsync(
        HttpContext context,
        SendRequest request,
        string name,
        TransferDescription description,
        PipeReader body,
        UploadForm? form,
        QuotaLease quota)
    {
        if (FindObstacle(context, request.Piece) is { } obstacle)
        {
            await Refusal.WriteAsync(context, obstacle);
            return;
        }

        var terms = Terms(context, request, knownLength: null) with
        {
            // A form is a person's browser: nothing on that side could go on in the middle of it.
            MayResume = form is null,
        };
        var joined = await relay.JoinAsSenderAsync(request.Token, name, description, terms, context.RequestAborted);
        await (joined.IsJoined
            ? RunAsync(context, joined.Lease, body, request.Piece, form, quota)
            : Refusal.WriteAsync(context, AnswerTable.ForSender(joined.Error)));
    }

    private async Task ContinueAsync(HttpContext context, SendRequest request, string name, QuotaLease quota)
    {
        var piece = request.Piece;
        if (FindObstacle(context, piece) is { } obstacle)
        {
            await Refusal.WriteAsync(context, obstacle);
            return;
        }

        var status = request.Token.Channel.FindStatus(name);
        var past = status?.Outcome;
        var transfer = past is null ? status?.Transfer : null;
        var refusal = Check(context, piece, transfer);
        if (refusal is null)
        {
            var joined = await relay.ResumeAsSenderAsync(request.Token, name, piece.Offset!.Value, piece.Length, Terms(context, request, transfer?.Length));
            if (joined.IsJoined)
            {
                await RunAsync(context, joined.Lease, context.Request.BodyReader, piece, form: null, quota);
                return;
            }

            if (joined.Error == TransferError.UnknownName && piece.Offset == 0 && !HttpMethods.IsPatch(context.Request.Method))
            {
                var description = FileHeaders.Describe(context.Request) with { Length = piece.Length };
                await BeginAsync(context, request, name, description, context.Request.BodyReader, form: null, quota);
                return;
            }

            refusal = Answer(context, joined, piece, past);
        }

        await Refusal.WriteAsync(context, refusal.Value);
    }

    private static SendTerms Terms(HttpContext context, SendRequest request, long? knownLength) => new()
    {
        HandsIn = AsyncPreference.IsAsked(context.Request),
        Sha256 = request.Sha256,
        WantsDigest = ReprDigest.IsWanted(context.Request),
        Wait = request.Wait,
        Receivers = request.Receivers,
        EndsFile = !request.Piece.IsResumable || request.Piece.EndsFile(knownLength),
    };

    /// <summary>Finds out whether a body would run over the end of the file: begun, it would spoil the transfer.</summary>
    private static Answer? Check(HttpContext context, UploadPiece piece, TransferSnapshot? transfer)
        => transfer is { Length: { } length } && piece.Offset == transfer.Held.To && piece.Offset + context.Request.ContentLength > length
            ? AnswerTable.ForSender(TransferError.LengthChanged)
            : null;

    private static Answer Answer(HttpContext context, JoinResult<TransferSender> refused, UploadPiece piece, TransferOutcome? past)
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

    private Answer? FindObstacle(HttpContext context, UploadPiece piece)
    {
        // Part of a file must not pass for the whole of it (RFC 9110, section 14.5).
        if (piece.IsPart && options.Value.ResumeTimeout == TimeSpan.Zero)
        {
            return new Answer(StatusCodes.Status400BadRequest, Code: null, "Uploads cannot be resumed here; send the whole file.");
        }

        return piece.IsResumable && context.Request.ContentLength > httpOptions.Value.MaxAppendBytes
            ? new Answer(StatusCodes.Status413PayloadTooLarge, "piece_too_large", "The piece is larger than this relay takes at a time.")
            : null;
    }

    private async Task RunAsync(HttpContext context, TransferSender lease, PipeReader body, UploadPiece piece, UploadForm? form, QuotaLease quota)
    {
        using var trail = RequestTrail.OfSender(context, logger, lease.TransferId);
        await using var sender = lease;
        RequestBody.NoteReading(context);
        var result = await sender.SendAsync(body, context.RequestAborted);
        quota.Count(result.Offset - (piece.Offset ?? 0));
        if (context.RequestAborted.IsCancellationRequested)
        {
            Refusal.NoteClientGone(context);
            return;
        }

        if (sender.BodyFailure is ConnectionResetException)
        {
            // The server says so through RequestAborted only a moment later, and without an end of ours it would read on where the failed read was left open.
            Refusal.NoteClientGone(context);
            context.Abort();
            return;
        }

        if (result.Outcome is { IsSuccess: true } outcome)
        {
            if (piece.IsResumable)
            {
                UploadAnswer.WriteEnd(context, outcome.Bytes, isNew: piece.Offset is null or 0);
            }

            await Receipt.WriteAsync(context, outcome);
            return;
        }

        if (result.AcceptedUntil is { } until)
        {
            if (piece.IsResumable)
            {
                UploadAnswer.WriteEnd(context, result.Offset, isNew: piece.Offset is null or 0);
            }

            await AcceptedReceipt.WriteAsync(context, result.Offset, until);
            return;
        }

        if (result is { Error: TransferError.None, Outcome: null })
        {
            UploadAnswer.WritePiece(context, result.Offset, isNew: !HttpMethods.IsPatch(context.Request.Method) && piece.Offset is null or 0);
            return;
        }

        var answer = result.Outcome is { } failed ? AnswerTable.ForSender(failed) : AnswerTable.ForSender(result.Error);
        await Refusal.WriteAsync(context, form?.Mistake is { } mistake ? answer with { Reason = mistake } : answer);
    }
}
