namespace Beam.AspNetCore.Tests.Delivery;

/// <summary>What a kernel leaves out of what it tells of a connection.</summary>
public enum KernelGap
{
    /// <summary>Everything: the whole struct is zero.</summary>
    Zeros,

    /// <summary>All counts: they are zero.</summary>
    ZerosBehind,

    /// <summary>The end of the struct, from the counts on.</summary>
    CutShort,

    /// <summary>The option.</summary>
    Missing,

    /// <summary>How many bytes were sent, as before Linux 4.19.</summary>
    NoSentBytes,
}
