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

    /// <summary>Gets or sets a value indicating whether a call that its caller cancels deletes what it has received of a file.</summary>
    /// <value>The default is <see langword="false"/>: it stays beside the target, and a later call goes on with it.</value>
    public bool DiscardWhenCancelled { get; set; }

    /// <summary>
    /// Gets or sets the folder for the journals of unfinished files: a short text for each, with the digest of what was received, by which
    /// a later call proves what it finds. Nobody but the user should be able to write there.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: <c>beam/receiving</c> in the user's folder for local application data, such as
    /// <c>~/.local/share</c> on Linux. It is made if need be, for this user only. Where nothing can be stored there, files are received all
    /// the same, and a later call begins anew.
    /// </value>
    public string? StateFolder { get; set; }

    /// <summary>Gets or sets after how many bytes a file is flushed to the disk, while more of it comes.</summary>
    /// <value>
    /// The default is 64 MiB. A loss of power costs what came after the last flush. With <see cref="long.MaxValue"/> only
    /// <see cref="FlushInterval"/> counts.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public long FlushBytes
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 64 * 1024 * 1024;

    /// <summary>Gets or sets after what time a file is flushed to the disk, while more of it comes.</summary>
    /// <value>The default is 5 seconds. With <see cref="TimeSpan.MaxValue"/> only <see cref="FlushBytes"/> counts.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public TimeSpan FlushInterval
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets where progress is reported.</summary>
    /// <value>The default is <see langword="null"/>: nowhere.</value>
    public IProgress<BeamProgress>? Progress { get; set; }

    /// <summary>Finds the folder for the journals.</summary>
    /// <returns><see langword="null"/> for a user without a folder of their own. Anybody could write to another.</returns>
    internal string? FindStateFolder()
        => StateFolder
            ?? (Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)
                is { Length: > 0 } data ? Path.Combine(data, "beam", "receiving") : null);
}
