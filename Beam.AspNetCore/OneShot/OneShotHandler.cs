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
/// address to receive from, and ends with the outcome.
/// </summary>
internal sealed class OneShotHandler(
    Relay relay,
    FormIntake forms,
    OriginRecorder origins,
    QuotaGate quotas,
    IOptions<BeamHttpOptions> options,
    TimeProvider timeProvider,
    ILogger<OneShotHandler> logger)
    : IBeamHttpHandler
{
    private const string Unnamed = "Name the file: put the name at the end of the address, or a slash there so that curl -T FILE does it.";
    private const string NoName = "'token' and '-' are no names here; put another name at the end of the address.";
    private const string TokenFirst = "Here a token comes first: POST to /token, then send to /TOKEN/NAME.";
    private const string IsToken = "That is a token: the name goes behind it, as in /TOKEN/NAME.";

    // Idle proxies give up after a minute or so.
    private static readonly TimeSpan FirstProgress = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(40);

    // One that was asked for its body has sent some of it by then, or has none yet.
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

        if (!PublicUrl.HasPlainHost(context.Request))
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

        // A sender that breaks off has cancelled: nobody else could go on, since the token for sending is never told.
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
        if (await relay.Tokens.MintAsync(origins.Describe(context)) is not { } minted)
        {
            await Refusal.WriteAsync(context, MintedResponse.TooMany);
            return;
        }

        var link = await relay.Tokens.MintSubTokenAsync(minted.Token, TokenRights.Receive);
        var joined = relay.JoinAsSender(minted.Token, body.Name, body.Description, terms);
        if (link is null || !joined.IsJoined)
        {
            await relay.RevokeAsync(minted.Token);
            await (joined.Lease?.DisposeAsync() ?? ValueTask.CompletedTask);
            await Refusal.WriteAsync(context, link is null ? MintedResponse.TooMany : AnswerTable.ForSender(joined.Error));
            return;
        }

        using var trail = RequestTrail.OfSender(context, logger, joined.Lease!.TransferId);
        await using var sender = joined.Lease;

        // The reading first: it asks a client for the body that waits to be asked, which must come before the answer.
        RequestBody.NoteReading(context);
        if (body.Form is null && context.Request.Headers.Expect.Count > 0)
        {
            await AskForBodyAsync(body.Bytes);
        }

        var sending = sender.SendAsync(body.Bytes, context.RequestAborted);
        var lines = new OneShotLines(context.Request);
        using var answer = new OneShotResponse(context, timeProvider);
        context.Response.ContentType = lines.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        answer.TryAdd(lines.Begin(Describe(context, body.Name, link)));
        await ReportAsync(answer, lines, () => minted.Token.Channel.FindStatus(body.Name), sending);

        var result = await sending;
        quota.Count(result.Offset);
        if (result.Outcome is { IsSuccess: true } delivered)
        {
            await answer.EndAsync(lines.Delivered(delivered));
            return;
        }

        await answer.BreakAsync(lines.Failed(UploadReply.Explain(result, body.Form)));
    }

    /// <summary>
    /// Asks a client for the body that waits to be asked, and waits for the beginning of it. haproxy (2.6) ends an answer, as if it were whole, whose beginning
    /// comes together with the 100 before it: the sender would take that for success.
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
            // Whoever reads next is told the same.
        }
    }

    private OneShotBody Describe(HttpContext context, string name, MintedToken link)
    {
        var ownSegments = context.GetRouteValue("token") is null ? 0 : 1;
        var url = $"{PublicUrl.Base(context.Request, options.Value, ownSegments)}/{link.Secret}/{Uri.EscapeDataString(name)}";
        return new OneShotBody(url, link.Secret, name, link.Token.ExpiresAt);
    }

    /// <summary>Says now and then how it goes, until the end.</summary>
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
