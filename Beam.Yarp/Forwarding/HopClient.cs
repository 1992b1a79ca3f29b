using System.Net;

namespace Beam.Yarp.Forwarding;

/// <summary>What a node knows of the client of a request that another node has passed on.</summary>
/// <param name="Scheme">The scheme that the client used: http or https.</param>
/// <param name="Address">The client's address, as the other node knows it; <see langword="null"/> when the client has none.</param>
internal sealed record HopClient(string Scheme, IPAddress? Address);
