using Beam.AspNetCore;
using Beam.Functions.Hosting;
using Microsoft.AspNetCore.Http;

namespace Beam.Functions;

/// <summary>Beam's operations below the route prefix of the Functions host and the route of a function.</summary>
internal sealed class FunctionsDispatcher(BeamDispatcher dispatcher, FunctionsHostSettings settings, RequestDeadline deadline)
{
    public Task HandleAsync(HttpContext context, PathString mountedAt)
        => deadline.RunAsync(context, context => dispatcher.HandleAsync(context, settings.RoutePrefix + mountedAt));
}
