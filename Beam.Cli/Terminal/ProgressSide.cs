namespace Beam.Cli.Terminal;

/// <summary>Whose progress is shown.</summary>
internal enum ProgressSide
{
    /// <summary>The one that sends: it waits for a receiver, at the beginning and at the end.</summary>
    Sender,

    /// <summary>The one that receives.</summary>
    Receiver,
}
