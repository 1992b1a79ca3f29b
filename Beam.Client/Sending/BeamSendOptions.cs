namespace Beam.Client;

/// <summary>How a file is sent.</summary>
public sealed class BeamSendOptions
{
    /// <summary>Gets or sets the media type that receivers are told.</summary>
    /// <value>The default is <see langword="null"/>: <c>application/octet-stream</c>.</value>
    public string? ContentType { get; set; }

    /// <summary>Gets or sets the length in bytes, for content that does not know it itself.</summary>
    /// <value>The default is <see langword="null"/>: what a seekable stream says, otherwise not known.</value>
    public long? Length { get; set; }

    /// <summary>Gets or sets how many receivers are to get the file.</summary>
    /// <value>The default is 1.</value>
    public int Receivers { get; set; } = 1;

    /// <summary>Gets or sets how long to wait for receivers.</summary>
    /// <value>The default is <see langword="null"/>: as long as the server does, 5 minutes unless it is set up otherwise. Longer is not possible. Whole seconds count.</value>
    public TimeSpan? Wait { get; set; }

    /// <summary>Gets or sets a value indicating whether to hand the file in and leave: the server holds it for its receivers.</summary>
    /// <value>The default is <see langword="false"/>. The outcome is then <see cref="BeamOutcome.Accepted"/>.</value>
    public bool HandIn { get; set; }

    /// <summary>Gets or sets a value indicating whether to go on with a file that an earlier run has broken off, if the server still waits for it.</summary>
    /// <value>
    /// The default is <see langword="false"/>: the file is sent from its start. When it turns out at the end that it was not the same file, sending fails
    /// as <see cref="BeamError.DigestMismatch"/>, at the receivers too. A run before that the server still believes connected is cut: resuming is the
    /// caller's word that it has ended.
    /// </value>
    public bool Resume { get; set; }

    /// <summary>Gets or sets the SHA-256 of the file, if it is known beforehand: 32 bytes.</summary>
    /// <value>The default is <see langword="null"/>. With it the server checks the bytes before the last of them leaves.</value>
    public ReadOnlyMemory<byte>? Sha256 { get; set; }

    /// <summary>Gets or sets the most bytes in one request.</summary>
    /// <value>
    /// The default is <see langword="null"/>: what the server says; without a limit, one request for the whole file, and smaller ones when something on the way
    /// refuses that as too large.
    /// </value>
    public long? MaxPieceBytes { get; set; }

    /// <summary>Gets or sets how many bytes that have been read are kept, so that sending can go on after a broken connection. It counts for content that can be read only once.</summary>
    /// <value>The default is 16 MiB, which covers what the connections in between hold.</value>
    public int ReplayBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Gets or sets where progress is reported.</summary>
    /// <value>The default is <see langword="null"/>: nowhere.</value>
    public IProgress<BeamProgress>? Progress { get; set; }
}
