namespace Beam.Conformance;

/// <summary>What a cell must end in.</summary>
/// <param name="SenderExit">The sender's exit code; <see langword="null"/> for any but 0.</param>
/// <param name="SenderStatus">The status it gets; 0 when none can reach it.</param>
/// <param name="SenderWord">What the answer's text contains.</param>
/// <param name="ReceiverExits">The receiver's possible exit codes.</param>
/// <param name="ReceiverStatuses">The statuses it may have got.</param>
/// <param name="LeastBytes">How many bytes the receiver has at least.</param>
/// <param name="MostBytes">And at most.</param>
/// <param name="NoticedWithin">How soon the other side must see it.</param>
internal sealed record CellExpectation(
    int? SenderExit,
    int SenderStatus,
    string SenderWord,
    int[] ReceiverExits,
    int[] ReceiverStatuses,
    long LeastBytes,
    long MostBytes,
    TimeSpan NoticedWithin)
{
    /// <summary>Whether the sender may be told "sent" instead, because the protocol shows no more.</summary>
    public bool OrSent { get; init; }

    public IEnumerable<string> Judge(CellResult result)
    {
        if (result.IsFalseSuccess)
        {
            yield return "The sender was told of a success that is none.";
        }

        if (result.IsTruncatedAsComplete)
        {
            yield return "The receiver took a part for the whole.";
        }

        var isUnheard = result.IsSenderHung || (OrSent && result.IsUnprovenSuccess);
        if (!isUnheard && (SenderExit is { } exit ? result.SenderExit != exit : result.SenderExit == 0))
        {
            var expected = SenderExit is { } wanted ? $"{wanted}" : "anything but 0";
            yield return $"The sender's exit code is {result.SenderExit} instead of {expected}.";
        }

        if (!isUnheard && (result.SenderStatus != SenderStatus || !result.SenderText.Contains(SenderWord, StringComparison.Ordinal)))
        {
            yield return $"The sender was told {result.SenderStatus} \"{result.SenderText}\" "
                + $"instead of {SenderStatus} \"...{SenderWord}...\".";
        }

        if (!ReceiverExits.Contains(result.ReceiverExit))
        {
            yield return $"The receiver's exit code is {result.ReceiverExit} instead of {string.Join(" or ", ReceiverExits)}.";
        }

        if (!ReceiverStatuses.Contains(result.ReceiverStatus))
        {
            yield return $"The receiver got {result.ReceiverStatus} instead of {string.Join(" or ", ReceiverStatuses)}.";
        }

        if (result.ReceivedBytes < LeastBytes || result.ReceivedBytes > MostBytes)
        {
            yield return $"The receiver has {result.ReceivedBytes} bytes instead of {LeastBytes} to {MostBytes}.";
        }

        if (result.Noticed > NoticedWithin && !result.IsSenderHung)
        {
            yield return $"It was noticed after {result.Noticed.TotalSeconds:0.00} s, later than {NoticedWithin.TotalSeconds:0.##} s.";
        }
    }
}
