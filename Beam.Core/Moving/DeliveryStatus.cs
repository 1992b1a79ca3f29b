namespace Beam.Transfers;

/// <summary>What is known of the bytes at the receiver's end, from least to most.</summary>
public enum DeliveryStatus
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The relay holds all bytes.</summary>
    Accepted,

    /// <summary>All bytes were handed to the receiver's connection.</summary>
    Sent,

    /// <summary>The receiver's client has read all bytes.</summary>
    Confirmed,
}
