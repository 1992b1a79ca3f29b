namespace Beam.Client;

/// <summary>What became of one receiver.</summary>
/// <param name="Outcome">What is known; <see langword="null"/> when it has failed.</param>
/// <param name="Bytes">Up to where it has got the file.</param>
/// <param name="Error">The server's name for why it has failed, such as <c>receiver_lost</c>; otherwise <see langword="null"/>.</param>
public sealed record BeamReceiverReceipt(BeamOutcome? Outcome, long Bytes, string? Error);
