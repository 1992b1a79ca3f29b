using Beam.Cli.Archives;
using Beam.Client;

namespace Beam.Cli;

/// <summary>The only table from errors to exit codes.</summary>
internal static class ExitCodes
{
    /// <summary>The code for an error of the protocol.</summary>
    public static ExitCode Of(BeamError error) => error switch
    {
        BeamError.NotFound => ExitCode.NotFound,
        BeamError.Unauthorized or BeamError.Forbidden => ExitCode.NotAllowed,
        BeamError.BadRequest => ExitCode.Usage,
        BeamError.NameInUse or BeamError.AlreadyReceiving or BeamError.Superseded => ExitCode.InUse,
        BeamError.Gone or BeamError.TokenEnded or BeamError.RangeNotHeld or BeamError.Replaced => ExitCode.Gone,
        BeamError.Cancelled => ExitCode.Cancelled,
        BeamError.TooLarge or BeamError.NoRoom => ExitCode.TooLarge,
        BeamError.Busy or BeamError.Broken or BeamError.NotReplayable => ExitCode.Unreachable,
        BeamError.NoReceiver or BeamError.NoSender => ExitCode.NobodyCame,
        BeamError.ReceiverLost or BeamError.SenderLost => ExitCode.OtherSideLost,
        BeamError.DigestMismatch => ExitCode.Corrupt,
        BeamError.NoLocalSpace or BeamError.SourceTooShort or BeamError.SourceChanged => ExitCode.LocalFile,
        BeamError.TargetExists => ExitCode.Exists,
        _ => ExitCode.Unexpected,
    };

    /// <summary>The code for an exception of a command.</summary>
    public static ExitCode Of(Exception exception) => exception switch
    {
        BeamException beam => Of(beam.Error),
        UsageException => ExitCode.Usage,
        ArchiveRefusedException => ExitCode.UnsafeArchive,
        TargetExistsException => ExitCode.Exists,
        HttpRequestException => ExitCode.Unreachable,
        OutputClosedException => ExitCode.OutputClosed,
        IOException or UnauthorizedAccessException => ExitCode.LocalFile,
        OperationCanceledException => ExitCode.Interrupted,
        _ => ExitCode.Unexpected,
    };
}
