namespace Beam.Buffering;

/// <summary>What a read found.</summary>
public enum ChunkReadStatus
{
    /// <summary>There are bytes.</summary>
    Bytes,

    /// <summary>The log was completed, and the offset is its end.</summary>
    End,

    /// <summary>The log has failed: it has no proper end, and a reader that passes the bytes on must break off.</summary>
    Failed,

    /// <summary>The offset lies below what is still held.</summary>
    NotHeld,

    /// <summary>The reader's own cancellation token ended the wait; nothing was read.</summary>
    Interrupted,

    /// <summary>
    /// The bytes are there, and the disk or the system does not give them now. The reader breaks off, and its receiver may come again.
    /// </summary>
    Unavailable,
}
