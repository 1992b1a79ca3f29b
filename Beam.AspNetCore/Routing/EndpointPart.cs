using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Routing;

/// <summary>Passes conventions on to the endpoints of one kind.</summary>
/// <param name="guard">
/// What the requests of these endpoints have to pass, given their operation; <see langword="null"/> when nothing stands in their way.
/// </param>
internal sealed class EndpointPart(Func<HttpContext, RequestDelegate, Task>? guard = null) : IEndpointConventionBuilder
{
    private readonly List<IEndpointConventionBuilder> _endpoints = [];

    /// <summary>Puts the guard before an operation.</summary>
    public RequestDelegate Guard(RequestDelegate operation) => guard is null ? operation : context => guard(context, operation);

    public void Include(IEndpointConventionBuilder endpoint) => _endpoints.Add(endpoint);

    public void Add(Action<EndpointBuilder> convention) => _endpoints.ForEach(endpoint => endpoint.Add(convention));

    public void Finally(Action<EndpointBuilder> finallyConvention) => _endpoints.ForEach(endpoint => endpoint.Finally(finallyConvention));
}
