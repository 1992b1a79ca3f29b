using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Quotas;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Sending;

/// <summary>Sends a file from its start.</summary>
internal sealed class BeginUpload(Relay relay, UploadGate gate, UploadReply reply)
{
    /// <summary>Sends a file, and answers with the outcome.</summary>
    public async Task RunAsync(HttpContext context, SendRequest asked, NamedBody body)
    {
        if (!gate.TryEnter(context, asked, out var quota, out var refusal))
        {
            await Refusal.WriteAsync(context, refusal);
            return;
        }

        using (quota)
        {
            await RunAsync(context, asked, body, quota);
        }
    }

    /// <summary>Sends a file for a request that is counted already.</summary>
    public async Task RunAsync(HttpContext context, SendRequest asked, NamedBody body, QuotaLease quota)
    {
        var terms = asked.Terms with
        {
            Account = quota.Account,
            HandsIn = AsyncPreference.IsAsked(context.Request),
            EndsFile = asked.Piece.EndsFile(knownLength: null),

            // A form comes from a person's browser, which cannot go on in the middle of it.
            MayResume = body.Form is null,
        };
        var joined = await relay.JoinAsSenderAsync(asked.Token, body.Name, body.Description, terms, context.RequestAborted);
        await (joined.IsJoined
            ? reply.RunAsync(context, joined.Lease, body.Bytes, asked.Piece, body.Form, quota)
            : Refusal.WriteAsync(context, AnswerTable.ForSender(joined.Error)));
    }
}
