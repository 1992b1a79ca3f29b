namespace Beam.Client;

/// <summary>What was received, completely.</summary>
/// <param name="File">What it is.</param>
/// <param name="Path">Where it was stored; <see langword="null"/> when it went into a stream.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, computed here, in lower-case hexadecimal letters.</param>
/// <param name="IsVerified">Whether the server has said that this is the digest of what was sent.</param>
/// <param name="IsConfirmed">
/// Whether the server has taken this client's word and passed it to the sender. Otherwise the sender gets what the connection has shown.
/// </param>
public sealed record BeamReceivedFile(BeamFile File, string? Path, long Bytes, string Sha256, bool IsVerified, bool IsConfirmed);
