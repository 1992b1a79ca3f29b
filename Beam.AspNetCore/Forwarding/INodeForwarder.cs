using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Forwarding;

/// <summary>Answers requests whose token belongs to another node, by passing them on to it. Beam.Yarp has one; without any, such a token is unknown.</summary>
public interface INodeForwarder
{
    /// <summary>Called for every request on Beam's endpoints whose path has a token, before anything looks for the token.</summary>
    /// <param name="context">The request. Server limits that would cut it have been lifted.</param>
    /// <param name="token">What stands in the token's place; anything at all.</param>
    /// <returns><see langword="true"/> when the request has been answered; <see langword="false"/> when it is to be answered here.</returns>
    ValueTask<bool> TryForwardAsync(HttpContext context, string token);
}
