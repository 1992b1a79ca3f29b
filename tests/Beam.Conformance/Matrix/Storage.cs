namespace Beam.Conformance;

/// <summary>Where the relay keeps what waits.</summary>
public enum Storage
{
    /// <summary>Memory only; the receiver comes first.</summary>
    Memory,

    /// <summary>The disk; the sender comes first, so that its bytes lie there.</summary>
    Spill,
}
