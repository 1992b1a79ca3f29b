namespace Beam.Client;

/// <summary>What is known of a file before its bytes.</summary>
/// <param name="Name">The name that its sender gave it. Nothing about it is to be trusted; <see cref="SafeName"/> is for file systems.</param>
/// <param name="Length">Its length in bytes; <see langword="null"/> while it is not known.</param>
/// <param name="ContentType">The media type that its sender has said.</param>
/// <param name="ContentEncoding">The coding that its bytes are in; <see langword="null"/> for none. They are passed on untouched.</param>
/// <param name="Id">The id of the transfer, without a secret; the same after a resume. <see langword="null"/> when something in between has removed it.</param>
public sealed record BeamFile(string Name, long? Length, string? ContentType, string? ContentEncoding, string? Id)
{
    /// <summary>Gets the name with everything replaced that a file system or a terminal could act on, on any system.</summary>
    public string SafeName => SafeFileName.From(Name);
}
