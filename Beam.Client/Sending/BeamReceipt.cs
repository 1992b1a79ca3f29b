namespace Beam.Client;

/// <summary>What a sender knows at the end.</summary>
/// <param name="Outcome">What is known of the bytes. With several receivers: what is known of all of them.</param>
/// <param name="Bytes">The length of the file.</param>
/// <param name="Receivers">Its receivers; empty when nobody has received it yet.</param>
/// <param name="Sha256">The SHA-256 of what was sent, computed here, in lower-case hexadecimal letters.</param>
/// <param name="IsVerified">
/// Whether the server has said that what it passed on has that digest. If a receiver confirms by digest, what it got has that digest too.
/// </param>
/// <param name="ExpiresAt">Until when a handed-in file waits for its receivers; otherwise <see langword="null"/>.</param>
public sealed record BeamReceipt(
    BeamOutcome Outcome,
    long Bytes,
    IReadOnlyList<BeamReceiverReceipt> Receivers,
    string Sha256,
    bool IsVerified,
    DateTimeOffset? ExpiresAt);
