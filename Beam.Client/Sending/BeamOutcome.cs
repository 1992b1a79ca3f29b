namespace Beam.Client;

/// <summary>What is known of the bytes that were sent.</summary>
public enum BeamOutcome
{
    /// <summary>The server holds them; nobody has received them yet.</summary>
    Accepted,

    /// <summary>The receiver's connection has taken them. Nobody knows whether its program has read them.</summary>
    Sent,

    /// <summary>The receiver has them.</summary>
    Confirmed,
}
