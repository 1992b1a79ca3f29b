namespace Beam.Buffering;

/// <summary>How an append ended.</summary>
public enum AppendStatus
{
    /// <summary>All bytes were taken.</summary>
    Appended,

    /// <summary>The buffer has failed or was disposed: nobody will read the bytes.</summary>
    Closed,

    /// <summary>The disk refused the bytes (full, or over a file size limit). The transfer cannot go on.</summary>
    NoRoom,

    /// <summary>
    /// The writer's own cancellation token ended the wait for room. The bytes up to <see cref="IChunkBuffer.Held"/> were taken, and another
    /// append may follow there.
    /// </summary>
    Interrupted,
}
