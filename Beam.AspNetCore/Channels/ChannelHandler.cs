using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Events;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Receiving;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Routing;
using Beam.AspNetCore.Status;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Channels;

/// <summary><c>GET {base}/{token}</c>: the next file of the channel; for browsers a page, for programs that accept JSON what there is, for who watches what happens.</summary>
internal sealed class ChannelHandler(Relay relay, ReceiveHandler files, EventsHandler events, QuotaGate quotas, IOptions<BeamHttpOptions> options) : IBeamHttpHandler
{
    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (TokenGate.Find(context, relay) is not { } token)
        {
            return Refusal.WriteAsync(context, AnswerTable.ForReceiver(TransferError.UnknownToken));
        }

        if (EventStream.IsAsked(request))
        {
            return events.WatchChannelAsync(context, token);
        }

        if (QrAnswer.IsAsked(request))
        {
            return QrAnswer.WriteAsync(context, Url(context));
        }

        if (PageLoad.IsWanted(request))
        {
            return WritePageAsync(context, token);
        }

        if (Accepts.Json(request))
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.Vary = "Accept, Sec-Fetch-Dest, User-Agent";
            return context.Response.WriteAsJsonAsync(
                ChannelBody.Of(token, token.Channel.GetSnapshot()), BeamJsonContext.Default.ChannelBody, cancellationToken: context.RequestAborted);
        }

        if (PageLoad.IsAhead(request))
        {
            return Refusal.WriteAsync(context, PageLoad.NotAhead);
        }

        if (!WaitPreference.TryRead(request, out var wait))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, WaitPreference.Rule);
        }

        return ConfirmationId.TryRead(request, out var confirms, out var confirmationId)
            ? ReceiveNextAsync(context, token, new ReceiveTerms { Wait = wait, Confirms = confirms, ConfirmationId = confirmationId })
            : Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, ConfirmationId.Rule);
    }

    private Task WritePageAsync(HttpContext context, Token token)
    {
        if (!PublicUrl.HasPlainHost(context.Request))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, PublicUrl.HostRule);
        }

        var channel = ChannelBody.Of(token, token.Channel.GetSnapshot());
        return ChannelPage.Render(channel, Url(context), PagePlace.Root(context), Secret(context)).WriteAsync(context);
    }

    private string Url(HttpContext context) => $"{PublicUrl.Base(context.Request, options.Value, ownSegments: 1)}/{Secret(context)}";

    private static string Secret(HttpContext context) => (string)context.GetRouteValue("token")!;

    private async Task ReceiveNextAsync(HttpContext context, Token token, ReceiveTerms terms)
    {
        if (!quotas.TryEnter(context, token.Channel, bytes: null, out var quota, out var refusal))
        {
            await Refusal.WriteAsync(context, refusal);
            return;
        }

        using (quota)
        {
            var joined = await relay.JoinNextAsReceiverAsync(token, terms, context.RequestAborted);
            await (joined.IsJoined
                ? files.ServeAsync(context, joined.Lease, terms, quota)
                : Refusal.WriteAsync(context, AnswerTable.ForReceiver(joined.Error)));
        }
    }
}
