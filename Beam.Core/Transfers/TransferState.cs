namespace Beam.Transfers;

/// <summary>Where a transfer stands. Every state has a deadline.</summary>
public enum TransferState
{
    /// <summary>A receiver waits for its sender.</summary>
    WaitingForSender,

    /// <summary>A sender waits for its receiver; the relay reads ahead.</summary>
    WaitingForReceiver,

    /// <summary>Both sides are there and bytes may flow.</summary>
    Streaming,

    /// <summary>The sender has broken off, or has sent a piece, and may go on; what the relay holds still flows.</summary>
    SenderAway,

    /// <summary>The receiver has broken off and may come back.</summary>
    ReceiverAway,

    /// <summary>The receiver's connection has taken all bytes; the relay is finding out whether the client reads them.</summary>
    Confirming,

    /// <summary>It is over.</summary>
    Finished,
}
