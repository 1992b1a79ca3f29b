using System.ComponentModel;

namespace Beam.Cli;

/// <summary>How the tool ends: one code for each outcome. The descriptions are those of docs/cli.md.</summary>
internal enum ExitCode
{
    /// <summary>Success, as far as the outcome's word says.</summary>
    [Description("Success: sent, received, cancelled, or no problem found.")]
    Success = 0,

    /// <summary>An error that has no code of its own.</summary>
    [Description("An unexpected error, such as an answer that is not from Beam.")]
    Unexpected = 1,

    /// <summary>The command line or the configuration is wrong.</summary>
    [Description("The command line or the configuration is wrong.")]
    Usage = 2,

    /// <summary>The link leads to nothing.</summary>
    [Description("The link is unknown or has expired, or there is no such transfer.")]
    NotFound = 3,

    /// <summary>The server asks for a key, or the link does not allow this.</summary>
    [Description("The server asks for an access key or refuses this key, or the link does not allow this.")]
    NotAllowed = 4,

    /// <summary>The transfer is over.</summary>
    [Description("The transfer is over: already received, or its link was revoked or used up.")]
    Gone = 5,

    /// <summary>Somebody has cancelled it.</summary>
    [Description("Somebody has cancelled the transfer.")]
    Cancelled = 6,

    /// <summary>Nobody came.</summary>
    [Description("The other side did not come in time.")]
    NobodyCame = 7,

    /// <summary>The other side is lost.</summary>
    [Description("The other side disconnected or stalled, and did not come back.")]
    OtherSideLost = 8,

    /// <summary>The name or the seat is taken.</summary>
    [Description("Somebody else is already sending under that name, or is receiving that file.")]
    InUse = 9,

    /// <summary>Too large, or no room.</summary>
    [Description("The file is larger than the server allows, or the server has no room for it.")]
    TooLarge = 10,

    /// <summary>The server cannot be reached or is busy.</summary>
    [Description("The server cannot be reached or is busy, or the connection broke for good. Run the same command again to go on.")]
    Unreachable = 11,

    /// <summary>The bytes differ.</summary>
    [Description("The bytes that arrived differ from those that were sent.")]
    Corrupt = 12,

    /// <summary>The archive is damaged or malicious.</summary>
    [Description("The archive is damaged or unsafe, or needs `--dot-names`. Nothing of it was unpacked.")]
    UnsafeArchive = 13,

    /// <summary>A target exists.</summary>
    [Description("A file to be written already exists. Nothing was overwritten.")]
    Exists = 14,

    /// <summary>A local file or disk.</summary>
    [Description("A local file cannot be read or written, or has changed while it was sent, or the disk is full.")]
    LocalFile = 15,

    /// <summary>The doctor found a problem.</summary>
    [Description("`beam doctor` found something to change.")]
    Unhealthy = 16,

    /// <summary>Ctrl+C.</summary>
    [Description("Interrupted. If the server could be reached, it has told the other side.")]
    Interrupted = 130,

    /// <summary>Nobody reads the output.</summary>
    [Description("The program that read the output ended before everything was written.")]
    OutputClosed = 141,
}
