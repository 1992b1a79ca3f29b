namespace Beam.Transfers;

/// <summary>What has missed its deadline, and so how it ends.</summary>
internal enum OverdueKind
{
    /// <summary>Nothing has.</summary>
    Nothing,

    /// <summary>The transfer: it ends.</summary>
    WholeTransfer,

    /// <summary>Receivers that have not come: they count as failed, the others go on.</summary>
    MissingReceivers,

    /// <summary>A sender's connection: the relay cuts it.</summary>
    Sender,

    /// <summary>A receiver's connection: the relay cuts it.</summary>
    Receiver,

    /// <summary>A receiver that may have everything, and from which no better word will come: its part ends well.</summary>
    LastWord,

    /// <summary>A receiver that has broken off and not come back: its part ends.</summary>
    AwayReceiver,
}
