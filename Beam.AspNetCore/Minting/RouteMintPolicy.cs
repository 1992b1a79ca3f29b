namespace Beam.AspNetCore.Minting;

/// <summary>The policy for minting of the route that a request has come by, which counts before the one of the options.</summary>
internal sealed record RouteMintPolicy(string Name);
