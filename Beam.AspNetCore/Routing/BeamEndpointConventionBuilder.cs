using Microsoft.AspNetCore.Builder;

namespace Beam.AspNetCore.Routing;

/// <summary>
/// Conventions for Beam's endpoints: on all of them through the builder itself, or on one kind through its parts, as in
/// <c>app.MapBeam().Mint.RequireAuthorization()</c>.
/// </summary>
public sealed class BeamEndpointConventionBuilder : IEndpointConventionBuilder
{
    private readonly IEndpointConventionBuilder _all;

    internal BeamEndpointConventionBuilder(
        IEndpointConventionBuilder all,
        IEndpointConventionBuilder mint,
        IEndpointConventionBuilder send,
        IEndpointConventionBuilder receive,
        IEndpointConventionBuilder overview)
    {
        _all = all;
        Mint = mint;
        Send = send;
        Receive = receive;
        Overview = overview;
    }

    /// <summary>Gets the endpoints that mint a token, alone or with a first file, which is what most applications put a policy on.</summary>
    public IEndpointConventionBuilder Mint { get; }

    /// <summary>Gets the endpoints that send, cancel, revoke and make links with fewer rights; the token guards them.</summary>
    public IEndpointConventionBuilder Send { get; }

    /// <summary>Gets the endpoints that receive and show a channel; the token guards them.</summary>
    public IEndpointConventionBuilder Receive { get; }

    /// <summary>
    /// Gets the root with its page, help text and totals, and what cancels a transfer from there; <see cref="BeamHttpOptions.OverviewPolicy"/> says who
    /// sees more and may cancel.
    /// </summary>
    public IEndpointConventionBuilder Overview { get; }

    /// <inheritdoc/>
    public void Add(Action<EndpointBuilder> convention) => _all.Add(convention);

    /// <inheritdoc/>
    public void Finally(Action<EndpointBuilder> finallyConvention) => _all.Finally(finallyConvention);
}
