using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Status;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Receiving;

/// <summary>
/// <c>GET {base}/{token}/{name}</c>: the file, as soon as its sender is there. A client that only looks gets a page, the status or live
/// events.
/// </summary>
internal sealed class ReceiveHandler(Relay relay, StatusHandler status, TransferWatcher watcher, QuotaGate quotas, Download download)
    : ITransferHandler
{
    public Task HandleAsync(HttpContext context, Token token, string name) => LinkIntents.OfFile(context.Request) switch
    {
        LinkIntent.Status => StatusHandler.WriteAsync(context, token, name),
        LinkIntent.Events => watcher.WatchAsync(context, token, name),
        LinkIntent.QrCode => status.WriteQrAsync(context, name),
        LinkIntent.Page => status.WritePageAsync(context, token, name),
        LinkIntent.Prefetch => Refusal.WriteAsync(context, LinkPreview.NotAhead),
        _ => ReceiveAsync(context, token, name),
    };

    private async Task ReceiveAsync(HttpContext context, Token token, string name)
    {
        if (!DownloadRequest.TryRead(context.Request, out var terms, out var mistake))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, mistake);
            return;
        }

        if (!RequestedRange.TryRead(context.Request, ref terms))
        {
            await Refusal.WriteAsync(context, AnswerTable.BadNumber);
            return;
        }

        if (!quotas.TryEnter(context, token.Channel, bytes: null, out var quota, out var refusal))
        {
            await Refusal.WriteAsync(context, refusal);
            return;
        }

        using (quota)
        {
            var joined = await relay.JoinAsReceiverAsync(token, name, terms, context.RequestAborted);
            await (joined.IsJoined ? download.RunAsync(context, joined.Lease, terms, quota) : RefuseAsync(context, joined, terms));
        }
    }

    private static Task RefuseAsync(HttpContext context, JoinResult<TransferReceiver> refused, ReceiveTerms terms)
    {
        if (refused.Past is { } past)
        {
            // After a file of unknown length wget asks once more, and takes this answer for the end.
            return past.IsSuccess && terms is { TransferId: null, From: > 0 } && terms.From == past.Length
                ? RequestedRange.WriteNothingLeftAsync(context, past.Length)
                : Refusal.WriteAsync(context, AnswerTable.ForLateReceiver(past));
        }

        return refused is { Error: TransferError.RangeNotHeld or TransferError.NothingToResume, Transfer: { } transfer }
            ? RequestedRange.RefuseAsync(context, refused.Error, terms.From, transfer)
            : Refusal.WriteAsync(context, AnswerTable.ForReceiver(refused.Error));
    }
}
