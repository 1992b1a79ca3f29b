namespace Beam.Conformance;

/// <summary>What a cell wants of its host.</summary>
/// <param name="Storage">Whether waiting bytes may go to the disk.</param>
/// <param name="StallTimeout">The stall limit.</param>
/// <param name="DrainTimeout">How long running transfers may go on when the server stops.</param>
public sealed record BeamHostSettings(Storage Storage, TimeSpan StallTimeout, TimeSpan DrainTimeout)
{
    /// <summary>How long the relay waits for a side that broke off; not at all unless a test is about coming back.</summary>
    public TimeSpan ResumeTimeout { get; init; }

    /// <summary>Memory only, patient.</summary>
    public static BeamHostSettings Default { get; } = new(Storage.Memory, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1));
}
