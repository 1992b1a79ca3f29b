namespace Beam.Client;

/// <summary>How a file is sent.</summary>
public sealed class BeamSendOptions
{
    /// <summary>Gets or sets the media type that receivers see.</summary>
    /// <value>The default is <see langword="null"/>: <c>application/octet-stream</c>.</value>
    public string? ContentType { get; set; }

    /// <summary>Gets or sets the length in bytes, for content that does not know its own length.</summary>
    /// <value>The default is <see langword="null"/>: the length of a seekable stream, otherwise not known.</value>
    public long? Length { get; set; }

    /// <summary>Gets or sets how many receivers are to get the file.</summary>
    /// <value>The default is 1.</value>
    public int Receivers { get; set; } = 1;

    /// <summary>Gets or sets how long to wait for receivers.</summary>
    /// <value>
    /// The default is <see langword="null"/>: as long as the server allows, which is 5 minutes unless it is set up otherwise. Longer is not
    /// possible. Only whole seconds count.
    /// </value>
    public TimeSpan? Wait { get; set; }

    /// <summary>Gets or sets a value indicating whether to hand the file in and leave: the server holds it for its receivers.</summary>
    /// <value>
    /// The default is <see langword="false"/>. With <see langword="true"/>, the outcome is <see cref="BeamOutcome.Accepted"/>.
    /// </value>
    public bool HandIn { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether to go on with a file that an earlier run has broken off, if the server still waits for it.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>: the file is sent from its start. With <see langword="true"/>, the caller promises that the
    /// earlier run has ended: if the server still believes it connected, the server cuts it. If the file turns out to be another file,
    /// sending fails as <see cref="BeamError.DigestMismatch"/>, and the receivers fail too.
    /// </value>
    public bool Resume { get; set; }

    /// <summary>Gets or sets the SHA-256 of the file, if it is known beforehand: 32 bytes.</summary>
    /// <value>The default is <see langword="null"/>. With a digest, the server checks the bytes before the last of them leaves.</value>
    public ReadOnlyMemory<byte>? Sha256 { get; set; }

    /// <summary>Gets or sets the most bytes in a request.</summary>
    /// <value>
    /// The default is <see langword="null"/>: the server's limit. Without a limit, a single request carries the whole file. If a proxy
    /// refuses it as too large, smaller requests follow.
    /// </value>
    public long? MaxPieceBytes { get; set; }

    /// <summary>
    /// Gets or sets how many of the last bytes are kept, so that sending can go on after a broken connection. This matters only for content
    /// that can be read only once.
    /// </summary>
    /// <value>The default is 16 MiB, which covers what the connections in between hold.</value>
    public int ReplayBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Gets or sets where progress is reported.</summary>
    /// <value>The default is <see langword="null"/>: nowhere.</value>
    public IProgress<BeamProgress>? Progress { get; set; }
}
