using Microsoft.AspNetCore.Builder;

namespace Beam.AspNetCore.Routing;

/// <summary>Passes conventions on to the endpoints of one kind.</summary>
internal sealed class EndpointPart : IEndpointConventionBuilder
{
    private readonly List<IEndpointConventionBuilder> _endpoints = [];

    public void Include(IEndpointConventionBuilder endpoint) => _endpoints.Add(endpoint);

    public void Add(Action<EndpointBuilder> convention) => _endpoints.ForEach(endpoint => endpoint.Add(convention));

    public void Finally(Action<EndpointBuilder> finallyConvention) => _endpoints.ForEach(endpoint => endpoint.Finally(finallyConvention));
}
