namespace Beam.Client;

/// <summary>What a token allows.</summary>
[Flags]
public enum BeamRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>To send files into the channel.</summary>
    Send = 1,

    /// <summary>To receive files from the channel.</summary>
    Receive = 2,
}
