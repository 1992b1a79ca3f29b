namespace Beam.Testing;

/// <summary>How an answer is sent.</summary>
public enum HostileManner
{
    /// <summary>All of it, and then the connection ends.</summary>
    Whole,

    /// <summary>All of it, and then the connection stays.</summary>
    Kept,

    /// <summary>A byte at a time.</summary>
    ByteByByte,

    /// <summary>Nothing, and the connection stays.</summary>
    Silent,

    /// <summary>A part of the head, and the connection stays.</summary>
    SilentInHead,

    /// <summary>The head, and the connection stays.</summary>
    SilentInBody,

    /// <summary>The head and half of the body.</summary>
    Cut,

    /// <summary>Nothing, and the connection is reset.</summary>
    Reset,

    /// <summary>A head without an end.</summary>
    EndlessHead,

    /// <summary>A body that goes on without an end, whatever its head says.</summary>
    EndlessBody,

    /// <summary>Interim responses without an end.</summary>
    EndlessInterim,

    /// <summary>The body in chunks, of which the last never comes.</summary>
    EndlessChunks,
}
