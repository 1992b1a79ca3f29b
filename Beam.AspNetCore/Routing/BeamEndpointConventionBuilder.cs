using Microsoft.AspNetCore.Builder;

namespace Beam.AspNetCore.Routing;

/// <summary>
/// Conventions for Beam's endpoints: for all endpoints through the builder itself, or for one kind through its parts, as in
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

    /// <summary>
    /// Gets the endpoints that make a token: alone, with a first file, or from another token. Most applications put a policy on these.
    /// </summary>
    /// <remarks>
    /// With <see cref="BeamHttpOptions.MintPolicyCoversLinks"/> set to <see langword="false"/>, authorization does not hold for making a
    /// token from another token. All other conventions do.
    /// </remarks>
    public IEndpointConventionBuilder Mint { get; }

    /// <summary>Gets the endpoints that send, cancel and revoke. The token guards them.</summary>
    public IEndpointConventionBuilder Send { get; }

    /// <summary>Gets the endpoints that receive and show a channel. The token guards them.</summary>
    public IEndpointConventionBuilder Receive { get; }

    /// <summary>
    /// Gets the root with its page, help text and totals, and the endpoint that cancels a transfer from there.
    /// <see cref="BeamHttpOptions.OverviewPolicy"/> decides which callers see more and may cancel.
    /// </summary>
    public IEndpointConventionBuilder Overview { get; }

    /// <inheritdoc/>
    public void Add(Action<EndpointBuilder> convention) => _all.Add(convention);

    /// <inheritdoc/>
    public void Finally(Action<EndpointBuilder> finallyConvention) => _all.Finally(finallyConvention);
}
