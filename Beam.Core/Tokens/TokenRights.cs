namespace Beam.Tokens;

/// <summary>What the holder of a token may do in its channel.</summary>
[Flags]
public enum TokenRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Send, and cancel what is sent.</summary>
    Send = 1,

    /// <summary>Receive.</summary>
    Receive = 2,

    /// <summary>Everything: what a token has that was minted without a parent.</summary>
    All = Send | Receive,
}
