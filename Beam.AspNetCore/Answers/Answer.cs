namespace Beam.AspNetCore.Answers;

/// <summary>A status, with the reason for it in one line.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">A name that programs can rely on, if there is one.</param>
/// <param name="Reason">A line for people.</param>
internal readonly record struct Answer(int Status, string? Code, string Reason)
{
    /// <summary>Gets the offset at which an upload goes on, when the client asked for another offset.</summary>
    public long? ExpectedOffset { get; init; }

    /// <summary>Gets the wrong offset that the client asked for.</summary>
    public long? ProvidedOffset { get; init; }

    /// <summary>Gets when to try again, if that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets what became of each of several receivers.</summary>
    public IReadOnlyList<ReceiverReceipt>? Receivers { get; init; }
}
