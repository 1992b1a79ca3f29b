namespace Beam.AspNetCore.Delivery;

/// <summary>What the orderly end of a connection after a download means.</summary>
internal enum EndMeaning
{
    /// <summary>
    /// Nothing: others share the connection, or a proxy owns it. A proxy may end it as it likes; some always reset it.
    /// </summary>
    Nothing,

    /// <summary>
    /// The connection's owner has taken all bytes; otherwise it would have reset the connection. Its client may not have read them.
    /// </summary>
    HandedOver,

    /// <summary>The client has read all bytes.</summary>
    Read,
}
