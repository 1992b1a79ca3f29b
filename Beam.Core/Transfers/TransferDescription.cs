namespace Beam.Transfers;

/// <summary>What a sender says of its bytes.</summary>
/// <param name="Length">How many there will be, or <see langword="null"/> when the sender does not know.</param>
/// <param name="ContentType">The media type, or <see langword="null"/>.</param>
/// <param name="ContentEncoding">The content coding, passed through untouched, or <see langword="null"/>.</param>
public sealed record TransferDescription(long? Length = null, string? ContentType = null, string? ContentEncoding = null);
