using System.ComponentModel;

namespace Beam.Cli;

/// <summary>How the tool ends: one code for each outcome. The descriptions are those of docs/cli.md.</summary>
internal enum ExitCode
{
    /// <summary>Success, as far as the outcome's word says.</summary>
    [Description("It is done: delivered, received, cancelled, or nothing wrong was found.")]
    Success = 0,

    /// <summary>Something unforeseen.</summary>
    [Description("Something unforeseen, such as an answer that is not Beam's.")]
    Unexpected = 1,

    /// <summary>The command line or the configuration is wrong.</summary>
    [Description("The command line or the configuration is wrong.")]
    Usage = 2,

    /// <summary>The link leads to nothing.</summary>
    [Description("The link is unknown or has expired, or there is no such transfer.")]
    NotFound = 3,

    /// <summary>The server asks for a key, or the link does not allow this.</summary>
    [Description("The server asks for an access key, or for another one, or the link does not allow this.")]
    NotAllowed = 4,

    /// <summary>The transfer is over.</summary>
    [Description("The transfer is over: received already, or its link was revoked or used up.")]
    Gone = 5,

    /// <summary>Somebody has cancelled it.</summary>
    [Description("The other side has cancelled.")]
    Cancelled = 6,

    /// <summary>Nobody came.</summary>
    [Description("The other side did not come in time.")]
    NobodyCame = 7,

    /// <summary>The other side broke off.</summary>
    [Description("The other side broke off and did not come back.")]
    OtherSideLost = 8,

    /// <summary>The name or the place is taken.</summary>
    [Description("Somebody is sending under that name, or receiving that file, already.")]
    InUse = 9,

    /// <summary>Too large, or no room.</summary>
    [Description("The file is larger than the server allows, or the server has no room for it.")]
    TooLarge = 10,

    /// <summary>The server cannot be reached or is busy.</summary>
    [Description("The server cannot be reached, is busy, or the connection broke and could not be resumed. The same command again goes on.")]
    Unreachable = 11,

    /// <summary>The bytes differ.</summary>
    [Description("The bytes that arrived are not those that were sent.")]
    Corrupt = 12,

    /// <summary>The archive is damaged or malicious.</summary>
    [Description("The archive is damaged or would write where it should not. Nothing of it was unpacked.")]
    UnsafeArchive = 13,

    /// <summary>What would be written exists.</summary>
    [Description("What would be written exists already. Nothing was overwritten.")]
    Exists = 14,

    /// <summary>A file here.</summary>
    [Description("A file here cannot be read or written, or the disk is full.")]
    LocalFile = 15,

    /// <summary>The doctor found something.</summary>
    [Description("`beam doctor` found something that is to be changed.")]
    Unhealthy = 16,

    /// <summary>Ctrl+C.</summary>
    [Description("Interrupted. The other side was told.")]
    Interrupted = 130,

    /// <summary>Nobody reads the output.</summary>
    [Description("The program that read the output has ended before everything was written.")]
    OutputClosed = 141,
}
