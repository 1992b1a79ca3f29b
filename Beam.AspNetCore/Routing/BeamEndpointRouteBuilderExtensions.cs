using Beam.AspNetCore;
using Beam.AspNetCore.Assets;
using Beam.AspNetCore.Channels;
using Beam.AspNetCore.Diagnostics;
using Beam.AspNetCore.Events;
using Beam.AspNetCore.Minting;
using Beam.AspNetCore.OneShot;
using Beam.AspNetCore.Overview;
using Beam.AspNetCore.Receiving;
using Beam.AspNetCore.Routing;
using Beam.AspNetCore.Sending;
using Beam.AspNetCore.Uploads;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Gives Beam its endpoints.</summary>
public static class BeamEndpointRouteBuilderExtensions
{
    /// <summary>Maps Beam's endpoints under <paramref name="prefix"/>.</summary>
    /// <remarks>
    /// For each request on these endpoints, and only there, Beam lifts server defaults that would cut long or large transfers: body size,
    /// data rates, request timeout, response buffering. Beam's own limits take their place.
    /// </remarks>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">Where to mount it, such as <c>/beam</c>; empty for the root.</param>
    /// <returns>A builder for conventions on all of Beam's endpoints, with a part for each kind.</returns>
    /// <exception cref="InvalidOperationException">The services are missing: call <c>builder.Services.AddBeam()</c>.</exception>
    public static BeamEndpointConventionBuilder MapBeam(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var services = endpoints.ServiceProvider;
        if (services.GetService<Relay>() is null || services.GetService<SendHandler>() is null)
        {
            throw new InvalidOperationException("Beam's services are missing. Call builder.Services.AddBeam() before app.MapBeam().");
        }

        // The instruments must be there before the first request.
        _ = services.GetRequiredService<HttpMetrics>();
        _ = services.GetRequiredService<EventFeeds>();
        var gate = services.GetRequiredService<MintGate>();
        var options = services.GetRequiredService<IOptions<BeamHttpOptions>>();
        var group = endpoints.MapGroup(prefix);
        var mint = new EndpointPart((context, operation) => gate.PassAsync(context, operation));
        var links = new EndpointPart((context, operation) => gate.PassAsync(context, operation, isLink: true));
        var send = new EndpointPart();
        var receive = new EndpointPart();
        var overview = new EndpointPart();

        var root = new BeamRoute(group, "/");
        root.Map<LandingHandler>(services, overview, HttpMethods.Get);
        root.Map<OneShotHandler>(services, mint, HttpMethods.Put, HttpMethods.Post);
        root.RefuseOtherMethods();

        var token = new BeamRoute(group, "/token");
        token.Map<MintHandler>(services, mint, HttpMethods.Post);
        token.MapUnlisted<OneShotHandler>(services, mint, HttpMethods.Put);
        token.RefuseOtherMethods();

        var link = new BeamRoute(group, "/{token}/-/token");
        link.MapChannel<SubTokenHandler>(services, links, TokenRights.Send, HttpMethods.Post);
        link.RefuseOtherMethods();

        // What is said of minting holds for links, except that the token may be enough to make them.
        mint.Include(links);
        links.Add(endpoint => AllowByToken(endpoint, options.Value));

        var asset = new BeamRoute(group, "/-/{version}/{file}");

        // Pages of all kinds need these files, so no part's policy may guard them.
        asset.Map<AssetHandler>(services, new EndpointPart(), HttpMethods.Get);
        asset.RefuseOtherMethods();

        var operation = new BeamRoute(group, "/-/transfers/{id}");
        operation.Map<OperatorCancelHandler>(services, overview, HttpMethods.Post, HttpMethods.Delete);
        operation.RefuseOtherMethods();

        var channel = new BeamRoute(group, "/{token}");
        channel.MapChannel<ChannelHandler>(services, receive, TokenRights.None, HttpMethods.Get);
        channel.Map<OneShotHandler>(services, mint, HttpMethods.Put);
        channel.MapChannel<SendHandler>(services, send, TokenRights.Send, HttpMethods.Post);
        channel.MapChannel<RevokeHandler>(services, send, TokenRights.Send, HttpMethods.Delete);
        channel.RefuseOtherMethods();

        var transfer = new BeamRoute(group, "/{token}/{name}");
        transfer.MapTransfer<ReceiveHandler>(services, receive, TokenRights.None, HttpMethods.Get);
        transfer.MapTransfer<HeadHandler>(services, receive, TokenRights.None, HttpMethods.Head);
        transfer.MapTransfer<SendHandler, ConfirmHandler>(
            services,
            send,
            TokenRights.Send,
            ConfirmHandler.IsAsked,
            HttpMethods.Put,
            HttpMethods.Post);
        transfer.MapTransfer<AppendHandler>(services, send, TokenRights.Send, HttpMethods.Patch);
        transfer.MapTransfer<CancelHandler>(services, send, TokenRights.None, HttpMethods.Delete);
        transfer.Map<OptionsHandler>(services, send, HttpMethods.Options);
        transfer.RefuseOtherMethods();

        return new BeamEndpointConventionBuilder(group, mint, send, receive, overview);
    }

    private static void AllowByToken(EndpointBuilder endpoint, BeamHttpOptions options)
    {
        if (!options.MintPolicyCoversLinks)
        {
            endpoint.Metadata.Add(new AllowAnonymousAttribute());
        }
    }
}
