namespace Beam.AspNetCore.Delivery;

/// <summary>What was written of a response.</summary>
/// <param name="Bytes">How many bytes of the body.</param>
/// <param name="IsLengthKnown">Whether the response's head declares the length, so that the client may close on the last byte.</param>
/// <param name="Position">
/// How many bytes the connection had been given up to the last byte of the body, when what came after does not count;
/// <see langword="null"/> when everything counts.
/// </param>
internal readonly record struct SentBody(long Bytes, bool IsLengthKnown, long? Position = null);
