namespace Beam.AspNetCore.Delivery;

/// <summary>What is known of a client and the bytes that the server sent to it.</summary>
internal enum DeliveryVerdict
{
    /// <summary>Nothing: the wait ended before anything was known.</summary>
    None,

    /// <summary>
    /// The client has read all of them, or owns the connection and would have reset it otherwise (<see cref="EndMeaning"/>).
    /// </summary>
    ReadEverything,

    /// <summary>The client's system, or at least the connection, has all of them. Nothing tells what the client reads.</summary>
    HandedOver,

    /// <summary>The client does not have all of them.</summary>
    Lost,

    /// <summary>
    /// The connection ended in order, but the system does not say whether everything had arrived. Or the connection goes on, and the
    /// client gave no sign.
    /// </summary>
    Unknown,
}
