namespace Beam.AspNetCore.Delivery;

/// <summary>What the orderly end of a connection after a download means.</summary>
internal enum EndMeaning
{
    /// <summary>
    /// Nothing: others share the connection, or a proxy owns it, which may end it as it likes. Some always do with a reset.
    /// </summary>
    Nothing,

    /// <summary>
    /// Whoever owns the connection has taken all bytes, and would have reset it otherwise. Its client may not have read them.
    /// </summary>
    HandedOver,

    /// <summary>The client has read all bytes.</summary>
    Read,
}
