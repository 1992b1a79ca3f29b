namespace Beam.Conformance;

/// <summary>When it goes wrong.</summary>
public enum Moment
{
    /// <summary>One side waits for the other.</summary>
    BeforePairing,

    /// <summary>The first byte has come through.</summary>
    FirstByte,

    /// <summary>Half of the bytes have.</summary>
    Middle,

    /// <summary>All but the last byte have.</summary>
    LastByte,
}
