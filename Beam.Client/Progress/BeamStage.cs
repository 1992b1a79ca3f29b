namespace Beam.Client;

/// <summary>What an operation is doing.</summary>
public enum BeamStage
{
    /// <summary>No byte has moved yet: the operation waits for the other side.</summary>
    Waiting,

    /// <summary>Bytes move.</summary>
    Transferring,

    /// <summary>The connection broke, and the operation tries to go on.</summary>
    Reconnecting,

    /// <summary>All bytes have moved on this side. A sender waits until the receivers have them; a receiver verifies them.</summary>
    Finishing,

    /// <summary>The operation has succeeded.</summary>
    Done,
}
