namespace Beam.Transfers;

/// <summary>A transfer of a channel with its name, for holders of a token of that channel.</summary>
/// <param name="Name">The name. It does not belong in logs.</param>
/// <param name="Transfer">Where it stands, or stood at its end.</param>
/// <param name="Outcome">How it ended, or <see langword="null"/> as long as it has not.</param>
public sealed record TransferStatus(string Name, TransferSnapshot Transfer, TransferOutcome? Outcome);
