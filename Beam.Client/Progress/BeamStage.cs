namespace Beam.Client;

/// <summary>What an operation is doing.</summary>
public enum BeamStage
{
    /// <summary>No byte has moved yet: the other side is waited for.</summary>
    Waiting,

    /// <summary>Bytes move.</summary>
    Transferring,

    /// <summary>The connection broke; it is tried to go on.</summary>
    Reconnecting,

    /// <summary>All bytes have moved from here; a sender waits until the receivers have them, a receiver verifies them.</summary>
    Finishing,

    /// <summary>It has ended well.</summary>
    Done,
}
