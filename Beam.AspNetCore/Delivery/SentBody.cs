namespace Beam.AspNetCore.Delivery;

/// <summary>What was written of a response.</summary>
/// <param name="Bytes">How many bytes of the body.</param>
/// <param name="IsLengthKnown">Whether its head says how many there are, so that the client may close on the last one.</param>
/// <param name="Position">
/// How many bytes the connection had been given with the last one of the body, if that is to count and not what came after;
/// <see langword="null"/> for all that it was given.
/// </param>
internal readonly record struct SentBody(long Bytes, bool IsLengthKnown, long? Position = null);
