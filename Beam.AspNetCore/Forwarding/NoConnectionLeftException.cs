namespace Beam.AspNetCore.Forwarding;

/// <summary>
/// There are as many connections to a node as there may be. <see cref="HttpClient"/> takes no other word from a connection.
/// </summary>
internal sealed class NoConnectionLeftException() : IOException("There are as many connections to the node as there may be.");
