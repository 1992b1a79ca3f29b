namespace Beam.Conformance;

/// <summary>What became of a cell.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="SenderExit">The sending curl's exit code; 137 when it was killed, -1 when it never ran.</param>
/// <param name="SenderStatus">The status that it got, 0 for none.</param>
/// <param name="SenderText">The answer's text.</param>
/// <param name="ReceiverExit">The receiving curl's exit code.</param>
/// <param name="ReceiverStatus">The status that it got, 0 for none.</param>
/// <param name="ReceivedBytes">How many bytes of the file it wrote.</param>
/// <param name="TotalBytes">How many there were.</param>
/// <param name="Noticed">How long after the fault the other side's program had ended.</param>
/// <param name="Problems">What is not as it must be.</param>
public sealed record CellResult(
    Cell Cell,
    int SenderExit,
    int SenderStatus,
    string SenderText,
    int ReceiverExit,
    int ReceiverStatus,
    long ReceivedBytes,
    long TotalBytes,
    TimeSpan Noticed,
    IReadOnlyList<string> Problems)
{
    /// <summary>The relay told the sender that the receiver has the file, and the receiver has not. "sent" is not that claim.</summary>
    public bool IsFalseSuccess
        => SenderExit == 0 && ReceivedBytes < TotalBytes && !SenderText.StartsWith("sent:", StringComparison.Ordinal);

    /// <summary>The relay told the sender "sent", which claims no more than that, for a receiver that died later.</summary>
    public bool IsUnprovenSuccess => SenderExit == 0 && ReceivedBytes < TotalBytes && !IsFalseSuccess;

    /// <summary>The sending curl never looked at its answer and was killed: seen of curl 7.88 over HTTP/2.</summary>
    public bool IsSenderHung => Cell.Sender == Wire.Http2 && SenderExit is 137 or 28 && Cell.Fault != Fault.SenderKilled;

    /// <summary>The receiver's program took a part for the whole.</summary>
    public bool IsTruncatedAsComplete => ReceiverExit == 0 && ReceivedBytes < TotalBytes;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Cell}: sender {SenderExit} ({SenderStatus} {SenderText}), receiver {ReceiverExit} ({ReceiverStatus}), "
        + $"{ReceivedBytes} of {TotalBytes} bytes, noticed after {Noticed.TotalSeconds:0.00} s"
        + string.Concat(Problems.Select(problem => "\n  " + problem));
}
