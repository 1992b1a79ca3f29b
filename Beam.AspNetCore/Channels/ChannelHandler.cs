using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Quotas;
using Beam.AspNetCore.Receiving;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Status;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Channels;

/// <summary>
/// <c>GET {base}/{token}</c>: the next file of the channel. Browsers get a page, programs that accept JSON get what is in the channel, and
/// watchers get events.
/// </summary>
internal sealed class ChannelHandler(
    Relay relay,
    Download download,
    ChannelWatcher watcher,
    QuotaGate quotas,
    IOptions<BeamHttpOptions> options)
    : ITokenHandler
{
    public Task HandleAsync(HttpContext context, Token token) => LinkIntents.OfChannel(context.Request) switch
    {
        LinkIntent.Events => watcher.WatchAsync(context, token),
        LinkIntent.QrCode => QrResponse.WriteAsync(context, Url(context)),
        LinkIntent.Page => WritePageAsync(context, token),
        LinkIntent.Json => WriteJsonAsync(context, token),
        LinkIntent.Prefetch => Refusal.WriteAsync(context, LinkPreview.NotAhead),
        _ => ReceiveNextAsync(context, token),
    };

    private static Task WriteJsonAsync(HttpContext context, Token token)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = "Accept, Sec-Fetch-Dest, User-Agent";
        return context.Response.WriteAsJsonAsync(
            ChannelBody.Of(token, token.Channel.GetSnapshot()),
            ChannelsJson.Default.ChannelBody,
            cancellationToken: context.RequestAborted);
    }

    private Task WritePageAsync(HttpContext context, Token token)
    {
        if (!PublicUrl.HasUsableHost(context.Request))
        {
            return Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, PublicUrl.HostRule);
        }

        var channel = ChannelBody.Of(token, token.Channel.GetSnapshot());
        return ChannelPage.Render(channel, Url(context), PagePlace.Root(context), Secret(context)).WriteAsync(context);
    }

    private string Url(HttpContext context) => $"{PublicUrl.Base(context.Request, options.Value, ownSegments: 1)}/{Secret(context)}";

    private static string Secret(HttpContext context) => (string)context.GetRouteValue("token")!;

    private async Task ReceiveNextAsync(HttpContext context, Token token)
    {
        if (!DownloadRequest.TryRead(context.Request, out var terms, out var mistake))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, mistake);
            return;
        }

        if (!quotas.TryEnter(context, token.Channel, bytes: null, out var quota, out var refusal))
        {
            await Refusal.WriteAsync(context, refusal);
            return;
        }

        using (quota)
        {
            var joined = await relay.JoinNextAsReceiverAsync(token, terms, context.RequestAborted);
            await (joined.IsJoined
                ? download.RunAsync(context, joined.Lease, terms, quota)
                : Refusal.WriteAsync(context, AnswerTable.ForReceiver(joined.Error)));
        }
    }
}
