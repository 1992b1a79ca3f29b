namespace Beam.Conformance;

/// <summary>What goes wrong.</summary>
public enum Fault
{
    /// <summary>The sending curl gets SIGKILL.</summary>
    SenderKilled,

    /// <summary>The sender's connection is reset.</summary>
    SenderReset,

    /// <summary>The sender sends nothing more and stays.</summary>
    SenderSilent,

    /// <summary>The receiving curl gets SIGKILL.</summary>
    ReceiverKilled,

    /// <summary>The receiver's connection is reset.</summary>
    ReceiverReset,

    /// <summary>The receiver reads nothing more and stays.</summary>
    ReceiverStalled,

    /// <summary>The receiver gets SIGKILL when every byte lies in its system's buffers.</summary>
    ReceiverKilledAfterBuffering,

    /// <summary>The server gets the signal to stop.</summary>
    ServerStopping,
}
