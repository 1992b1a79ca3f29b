using Beam.Transfers;

namespace Beam.Observing;

/// <summary>Something that has happened to a transfer.</summary>
/// <param name="Kind">What.</param>
/// <param name="Time">When.</param>
/// <param name="ChannelId">The short id of its channel, which is the id of the channel's first token.</param>
/// <param name="Name">The name of the file as its sender wrote it. Do not trust it. It may be private: think before you log it.</param>
/// <param name="Transfer">The transfer at that moment.</param>
/// <param name="Outcome">How it ended; <see langword="null"/> as long as it has not.</param>
/// <param name="Origin">
/// What the application noted when the channel was opened, such as who minted the token and from where; empty if it noted nothing.
/// </param>
public sealed record TransferEvent(
    TransferEventKind Kind,
    DateTimeOffset Time,
    string ChannelId,
    string Name,
    TransferSnapshot Transfer,
    TransferOutcome? Outcome,
    IReadOnlyDictionary<string, string> Origin)
{
    /// <summary>Gets a value indicating whether it is the last event of its transfer.</summary>
    public bool IsEnd => Outcome is not null;

    /// <summary>Names the event without the file's name, so that logging it by accident gives nothing away.</summary>
    /// <returns>The kind and the short id.</returns>
    public override string ToString() => $"{Kind} {Transfer.Id}";
}
