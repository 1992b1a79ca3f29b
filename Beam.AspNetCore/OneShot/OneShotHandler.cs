using System.IO.Pipelines;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Diagnostics;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Forms;
using Beam.AspNetCore.Minting;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Sending;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.OneShot;

/// <summary>
/// <c>PUT {base}/{name}</c>, or a form posted to <c>{base}/</c>: mints a token and sends in one request. The answer starts at once with the
/// address for the receiver, and ends with the outcome.
/// </summary>
internal sealed class OneShotHandler(
    Relay relay,
    FormIntake forms,
    TokenMint mint,
    QuotaGate quotas,
    IOptions<BeamHttpOptions> options,
    TimeProvider timeProvider,
    ILogger<OneShotHandler> logger)
    : IBeamHttpHandler
{
    private const string Unnamed = "The file needs a name: end the address with it, or with a slash so that curl -T FILE adds it.";
    private const string NoName = "'token' and '-' cannot be names here; put another name at the end of the address.";
    private const string TokenFirst = "Here you need a token first: POST to /token, then send to /TOKEN/NAME.";
    private const string IsToken = "That is a token: put the name after it, as in /TOKEN/NAME.";

    // Proxies give up on an idle connection after a minute or so.
    private static readonly TimeSpan FirstProgress = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(40);

    // A client that the relay has asked for its body has sent some of it by then, or has none yet.
    private static readonly TimeSpan FirstByteTime = TimeSpan.FromSeconds(1);

    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (FindRefusal(context, out var name, out var terms) is { } refusal)
        {
            await Refusal.WriteAsync(context, refusal);
        }
        else if (!UploadForm.IsForm(request))
        {
            await (name is null
                ? Refusal.WriteAsync(context, Bad(Unnamed))
                : SendAsync(context, new NamedBody(name, FileHeaders.Describe(request), request.BodyReader), terms));
        }
        else if (await forms.OpenAsync(context) is { } file)
        {
            name ??= file.Name;
            if (!TransferName.IsValid(name))
            {
                await Refusal.WriteAsync(context, Bad(TransferName.Rule));
                return;
            }

            await SendAsync(context, new NamedBody(name, file.Description, file.Body, file.Form), terms);
            await file.Body.CompleteAsync();
        }
    }

    private static Answer Bad(string reason) => new(StatusCodes.Status400BadRequest, Code: null, reason);

    private Answer? FindRefusal(HttpContext context, out string? name, out SendTerms terms)
    {
        name = null;
        terms = new SendTerms();
        if (!options.Value.AllowsOneShot)
        {
            return new Answer(StatusCodes.Status403Forbidden, "one_shot_off", TokenFirst);
        }

        if (relay.IsDraining)
        {
            return AnswerTable.ForSender(TransferError.ShuttingDown);
        }

        if (!PublicUrl.HasUsableHost(context.Request))
        {
            return Bad(PublicUrl.HostRule);
        }

        if (FindMistakeInName(context, out name) is { } mistake)
        {
            return Bad(mistake);
        }

        if (!SendRequest.TryReadTerms(context.Request, out var piece, out terms, out var refusal))
        {
            return refusal;
        }

        // A sender that breaks off has cancelled: nobody could go on, because the relay never tells anybody the token for sending.
        terms = terms with { MayResume = false };
        return piece.IsPart ? Bad("A file in pieces needs a token; mint one first.") : null;
    }

    private string? FindMistakeInName(HttpContext context, out string? name)
    {
        name = null;
        var segment = RequestTarget.LastSegment(context);
        if (context.GetRouteValue("token") is not string text)
        {
            // Beam's own path, or its root.
            return segment is "token" ? NoName : null;
        }

        if (relay.Tokens.Find(text) is not null)
        {
            return IsToken;
        }

        return text == "-" ? NoName : TransferName.TryDecode(segment, out name) ? null : TransferName.Rule;
    }

    private async Task SendAsync(HttpContext context, NamedBody body, SendTerms terms)
    {
        if (!quotas.TryEnter(context, channel: null, context.Request.ContentLength, out var quota, out var refusal))
        {
            await Refusal.WriteAsync(context, refusal);
            return;
        }

        using (quota)
        {
            await SendAsync(context, body, terms, quota);
        }
    }

    private async Task SendAsync(HttpContext context, NamedBody body, SendTerms terms, QuotaLease quota)
    {
        var (minted, refusal) = await mint.MintAsync(context);
        if (minted is null)
        {
            await Refusal.WriteAsync(context, refusal);
            return;
        }

        (var link, refusal) = await mint.MintSubTokenAsync(context, minted.Token, TokenRights.Receive);
        var joined = relay.JoinAsSender(minted.Token, body.Name, body.Description, terms with { Account = quota.Account });
        await using var sender = joined.Lease;
        if (link is null || sender is null)
        {
            await relay.RevokeAsync(minted.Token);
            await Refusal.WriteAsync(context, link is null ? refusal : AnswerTable.ForSender(joined.Error));
            return;
        }

        using var trail = RequestTrail.OfSender(context, logger, sender.TransferId);

        // Read first: that asks a client that waits with its body (100 Continue), which must happen before the answer.
        RequestBody.NoteReading(context);
        if (body.Form is null && context.Request.Headers.Expect.Count > 0)
        {
            await AskForBodyAsync(body.Bytes);
        }

        quota.Begin();
        var sending = sender.SendAsync(body.Bytes, context.RequestAborted);
        var lines = new OneShotLines(context.Request);
        using var answer = new OneShotResponse(context, timeProvider);
        context.Response.ContentType = lines.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        answer.TryAdd(lines.Begin(Describe(context, body.Name, link)));
        await ReportAsync(answer, lines, () => minted.Token.Channel.FindStatus(body.Name), sending);

        var result = await sending;
        quota.Count(body.Form?.BytesRead ?? result.Offset);
        if (result.Outcome is { IsSuccess: true } delivered)
        {
            await answer.EndAsync(lines.Delivered(delivered));
            return;
        }

        await answer.BreakAsync(lines.Failed(UploadReply.Explain(result, body.Form)));
    }

    /// <summary>
    /// Asks a client that waits with its body (100 Continue), and waits for the body's beginning. If the answer's beginning comes together
    /// with the 100 before it, haproxy (2.6) ends the answer as if it were whole: the sender would take that for success.
    /// </summary>
    private async Task AskForBodyAsync(PipeReader body)
    {
        try
        {
            var reading = body.ReadAsync(CancellationToken.None).AsTask();
            using var enough = new CancellationTokenSource();
            if (await Task.WhenAny(reading, Task.Delay(FirstByteTime, timeProvider, enough.Token)) != reading)
            {
                body.CancelPendingRead();
            }

            await enough.CancelAsync();
            body.AdvanceTo((await reading).Buffer.Start);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The next reader gets this failure, too.
        }
    }

    private OneShotBody Describe(HttpContext context, string name, MintedToken link)
    {
        var ownSegments = context.GetRouteValue("token") is null ? 0 : 1;
        var url = $"{PublicUrl.Base(context.Request, options.Value, ownSegments)}/{link.Secret}/{Uri.EscapeDataString(name)}";
        return new OneShotBody(url, link.Secret, name, link.Token.ExpiresAt);
    }

    /// <summary>Reports progress now and then, until the end.</summary>
    private async Task ReportAsync(OneShotResponse answer, OneShotLines lines, Func<TransferStatus?> look, Task sending)
    {
        using var timer = new PeriodicTimer(FirstProgress, timeProvider);
        while (await Task.WhenAny(sending, timer.WaitForNextTickAsync().AsTask()) != sending)
        {
            if (look() is { Outcome: null } status)
            {
                answer.TryAdd(lines.Progress(status));
            }

            if (timer.Period < LongestSilence)
            {
                timer.Period *= 2;
            }
        }
    }
}
