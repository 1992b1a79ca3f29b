namespace Beam.Client;

/// <summary>How a file is received.</summary>
public sealed class BeamReceiveOptions
{
    /// <summary>Gets or sets how long to wait for a sender.</summary>
    /// <value>
    /// The default is <see langword="null"/>: as long as the server allows, which is 5 minutes unless it is set up otherwise. Longer is not
    /// possible. Only whole seconds count.
    /// </value>
    public TimeSpan? Wait { get; set; }

    /// <summary>Gets or sets a value indicating whether a file that exists may be replaced.</summary>
    /// <value>
    /// The default is <see langword="false"/>: an existing file is a <see cref="BeamError.TargetExists"/>. If the name is known in time,
    /// the call fails before anything is received.
    /// </value>
    public bool Overwrite { get; set; }

    /// <summary>Gets or sets a value indicating whether to go on with what an earlier run has left beside the target.</summary>
    /// <value>The default is <see langword="true"/>. Bytes of another transfer are never used.</value>
    public bool Resume { get; set; } = true;

    /// <summary>Gets or sets where progress is reported.</summary>
    /// <value>The default is <see langword="null"/>: nowhere.</value>
    public IProgress<BeamProgress>? Progress { get; set; }
}
