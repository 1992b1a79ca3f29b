using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Forwarding;

/// <summary>
/// Answers requests whose token belongs to another node, by passing them on to that node. Beam.Yarp has such a forwarder. Without a
/// forwarder, such a token is unknown.
/// </summary>
public interface INodeForwarder
{
    /// <summary>Called for every request on Beam's endpoints whose path has a token, before anything looks for the token.</summary>
    /// <param name="context">The request. Server limits that would cut it have been lifted.</param>
    /// <param name="token">What stands in the token's place in the path. It may be anything.</param>
    /// <returns>
    /// <see langword="true"/> when the forwarder has answered the request; <see langword="false"/> when this process must answer it.
    /// </returns>
    ValueTask<bool> TryForwardAsync(HttpContext context, string token);
}
