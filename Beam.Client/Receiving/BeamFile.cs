namespace Beam.Client;

/// <summary>What is known of a file before its bytes.</summary>
/// <param name="Name">The sender's name for it. Do not trust it; for file systems, use <see cref="SafeName"/>.</param>
/// <param name="Length">Its length in bytes; <see langword="null"/> while it is not known.</param>
/// <param name="ContentType">The media type that the sender has given.</param>
/// <param name="ContentEncoding">The coding of its bytes, which stay as they are; <see langword="null"/> for none.</param>
/// <param name="Id">
/// The id of the transfer. It is not a secret, and a resumed transfer keeps it. <see langword="null"/> when a proxy has removed it.
/// </param>
public sealed record BeamFile(string Name, long? Length, string? ContentType, string? ContentEncoding, string? Id)
{
    /// <summary>Gets the name made safe: everything that any file system or terminal could act on is replaced.</summary>
    public string SafeName => SafeFileName.From(Name);
}
