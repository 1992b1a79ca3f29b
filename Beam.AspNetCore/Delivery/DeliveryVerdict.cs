namespace Beam.AspNetCore.Delivery;

/// <summary>What is known of a client and the bytes that it was given.</summary>
internal enum DeliveryVerdict
{
    /// <summary>The connection has not ended.</summary>
    None,

    /// <summary>The client had read all of them.</summary>
    ReadEverything,

    /// <summary>The client had not read all of them.</summary>
    Lost,

    /// <summary>It ended in order, but the system does not say whether everything had arrived.</summary>
    Unknown,
}
