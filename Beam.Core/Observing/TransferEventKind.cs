namespace Beam.Observing;

/// <summary>What has happened to a transfer.</summary>
public enum TransferEventKind
{
    /// <summary>Its first side has come.</summary>
    Created,

    /// <summary>A sender and a receiver are there for the first time.</summary>
    Paired,

    /// <summary>The sender has handed the file in and left; the relay holds it for its receivers.</summary>
    HandedIn,

    /// <summary>Every receiver has the file as far as can be known; <see cref="TransferEvent.Outcome"/> is the receipt.</summary>
    Delivered,

    /// <summary>It has ended otherwise; <see cref="TransferEvent.Outcome"/> says why.</summary>
    Failed,

    /// <summary>It has ended because nobody came in time, or its token expired while it waited.</summary>
    Expired,
}
