namespace Beam.Client;

/// <summary>What became of one receiver.</summary>
/// <param name="Outcome">What is known; <see langword="null"/> when the receiver has failed.</param>
/// <param name="Bytes">How many bytes of the file it has got.</param>
/// <param name="Error">The server's name of the failure, such as <c>receiver_lost</c>; otherwise <see langword="null"/>.</param>
public sealed record BeamReceiverReceipt(BeamOutcome? Outcome, long Bytes, string? Error);
