namespace Beam.AspNetCore.Answers;

/// <summary>Why a gateway, or a node that forwards, has no answer of a node to pass on.</summary>
public enum NodeError
{
    /// <summary>No connection to the node could be made: 502.</summary>
    Unreachable = 1,

    /// <summary>The node broke off, or gave an answer that no node gives: 502.</summary>
    Lost = 2,

    /// <summary>The node did not answer in time: 504.</summary>
    TimedOut = 3,

    /// <summary>
    /// There are as many connections to the node as there may be, or the system has no port or descriptor left: 503. Nothing is known of
    /// the node.
    /// </summary>
    NoConnection = 4,

    /// <summary>Too many tokens name nodes that nobody has heard of: 503.</summary>
    TooManyLookups = 5,

    /// <summary>No node takes new tokens: 503.</summary>
    AllDraining = 6,

    /// <summary>Another node has passed on what belongs to a third: 508.</summary>
    WrongNode = 7,

    /// <summary>The client's request cannot be written to a node: 400.</summary>
    NotForwardable = 8,
}
