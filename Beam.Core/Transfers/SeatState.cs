namespace Beam.Transfers;

/// <summary>Where one receiver of a transfer stands.</summary>
public enum SeatState
{
    /// <summary>It is connected; bytes flow, or it waits for them.</summary>
    Receiving,

    /// <summary>Its connection has taken all bytes; the relay is finding out whether the client reads them.</summary>
    Confirming,

    /// <summary>It has broken off and may come back.</summary>
    Away,

    /// <summary>It has the file.</summary>
    Delivered,

    /// <summary>It has not got the file and will not.</summary>
    Failed,
}
