using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Events;
using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Requests;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Overview;

/// <summary><c>GET {base}/</c>: the page to send from, commands to copy for curl, and the overview as a page, as JSON or live.</summary>
internal sealed class LandingHandler(Relay relay, OverviewGate gate, OverviewWatcher watcher, IOptions<BeamHttpOptions> options)
    : IBeamHttpHandler
{
    // Asks for the overview. A client without an identity is then asked to sign in.
    private const string OverviewQuery = "overview";

    public async Task HandleAsync(HttpContext context)
    {
        if (!PublicUrl.HasUsableHost(context.Request))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, PublicUrl.HostRule);
            return;
        }

        var maySeeAll = await gate.IsOpenAsync(context);
        if (EventStream.IsAsked(context.Request))
        {
            await (maySeeAll ? watcher.WatchAsync(context) : gate.RefuseAsync(context));
            return;
        }

        if (!maySeeAll && context.Request.Query.ContainsKey(OverviewQuery))
        {
            await gate.RefuseAsync(context);
            return;
        }

        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.Vary = "Accept";
        if (Accepts.Json(context.Request))
        {
            var body = OverviewBody.Of(relay, maySeeAll);
            await response.WriteAsJsonAsync(body, OverviewJson.Default.OverviewBody, cancellationToken: context.RequestAborted);
            return;
        }

        var baseUrl = PublicUrl.Base(context.Request, options.Value, ownSegments: 0);
        if (Accepts.Html(context.Request))
        {
            var overview = OverviewBody.Of(relay, maySeeAll);
            var page = new LandingPage(baseUrl, PagePlace.Root(context), options.Value.AllowsOneShot, gate.MayBeOpened && !maySeeAll);
            var isOverview = context.Request.Query.ContainsKey(OverviewQuery);
            await (isOverview ? page.RenderOverview(overview) : page.Render(overview)).WriteAsync(context);
            return;
        }

        await TextResponse.WriteAsync(context, HelpText.Render(baseUrl, options.Value.AllowsOneShot));
    }
}
