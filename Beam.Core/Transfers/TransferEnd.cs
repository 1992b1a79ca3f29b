namespace Beam.Transfers;

/// <summary>How a transfer has ended, decided under the lock, for those who hear of it outside.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Receivers">The connections that had a part until then.</param>
/// <param name="IsAbandoned">Whether no connection is left that cleans up when it leaves.</param>
internal sealed record TransferEnd(TransferOutcome Outcome, IReadOnlyList<TransferReceiver> Receivers, bool IsAbandoned);
