using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Requests;

/// <summary>One operation of Beam's HTTP surface. Every host runs the same handlers.</summary>
internal interface IBeamHttpHandler
{
    Task HandleAsync(HttpContext context);
}
