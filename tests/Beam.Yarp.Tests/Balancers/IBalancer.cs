namespace Beam.Yarp.Tests.Balancers;

/// <summary>What stands before three nodes.</summary>
internal interface IBalancer : IAsyncDisposable
{
    /// <summary>Gets the address that clients know.</summary>
    string Url { get; }

    /// <summary>Has a node, by its index, get no new tokens.</summary>
    Task DrainAsync(int node);
}
