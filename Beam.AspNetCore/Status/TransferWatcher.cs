using System.Text.Json;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Events;
using Beam.AspNetCore.Requests;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Status;

/// <summary>What happens to a transfer, as it happens, for any holder of a token: <c>GET {base}/{token}/{name}?events</c>.</summary>
internal sealed class TransferWatcher(Relay relay, EventWatcher events, TimeProvider timeProvider)
{
    /// <summary>Shows a transfer until its end. A client may begin to watch before anybody has come.</summary>
    public Task WatchAsync(HttpContext context, Token token, string name)
    {
        if (token.Channel.FindStatus(name) is { Outcome: not null } past && context.Request.Headers["Last-Event-ID"] == past.Transfer.Id)
        {
            // A browser's EventSource always connects again after the end of a stream. This stops it (WHATWG, server-sent events).
            context.Response.Headers.CacheControl = "no-store";
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return events.WatchAsync(
            context,
            (token.Channel, name),
            logger => new TransferFeed(relay, token.Channel, name, timeProvider, logger),
            () => FindEndAsync(context, token, name));
    }

    /// <summary>Ends the watching with its token. But a transfer that outlives the token, as a long stream does, stays visible.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> FindEndAsync(HttpContext context, Token token, string name)
    {
        if (PathToken.Find(context, relay) is not null || (!token.IsRevoked && token.Channel.FindStatus(name) is not null))
        {
            return null;
        }

        var body = new LiveStatusBody(TransferStatusBody.OfNothing(name, AnswerTable.ForReceiver(TransferError.TokenEnded)));
        return await EventText.FormatAsync("outcome", JsonSerializer.SerializeToUtf8Bytes(body, StatusJson.Default.LiveStatusBody));
    }
}
