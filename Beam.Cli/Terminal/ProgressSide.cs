namespace Beam.Cli.Terminal;

/// <summary>Whose progress is shown.</summary>
internal enum ProgressSide
{
    /// <summary>The sender, which waits for a receiver at the beginning and at the end.</summary>
    Sender,

    /// <summary>The receiver.</summary>
    Receiver,
}
