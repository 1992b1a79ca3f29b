using System.Security.Cryptography;

namespace Beam.Client;

/// <summary>A point that a receive has passed.</summary>
/// <param name="Bytes">How many bytes had been received.</param>
/// <param name="Sha256">Their SHA-256, in lower-case hexadecimal letters.</param>
internal readonly record struct JournalPoint(long Bytes, string Sha256)
{
    public static JournalPoint Of(long bytes, IncrementalHash hash) => new(bytes, Convert.ToHexStringLower(hash.GetCurrentHash()));

    /// <summary>Says whether what a digest has taken in is what was received.</summary>
    public bool Is(IncrementalHash hash) => Sha256 == Convert.ToHexStringLower(hash.GetCurrentHash());
}
