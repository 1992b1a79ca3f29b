namespace Beam.Cli.Receiving;

/// <summary>What the command line of <c>beam receive</c> says.</summary>
internal sealed record ReceiveRequest
{
    /// <summary>Gets a file or a folder, "-" for the standard output, <see langword="null"/> for the current folder.</summary>
    public string? Output { get; init; }

    /// <summary>Gets the folder that the content of an archive joins; <see langword="null"/> if it goes into a new folder.</summary>
    public string? Into { get; init; }

    /// <summary>Gets a value indicating whether an archive is unpacked.</summary>
    public required bool Unpack { get; init; }

    /// <summary>
    /// Gets a value indicating whether a tar is unpacked whatever its type. The user has asked for it, and a plain <c>curl -T</c> gives
    /// none.
    /// </summary>
    public bool UnpacksAnyTar { get; init; }

    /// <summary>Gets a value indicating whether the user is told how to unpack an archive.</summary>
    public bool TellsOfArchives { get; init; } = true;

    /// <summary>Gets a value indicating whether existing files may be overwritten.</summary>
    public required bool Force { get; init; }

    /// <summary>Gets a value indicating whether an archive may make names that programs obey in a folder that exists.</summary>
    public bool DotNames { get; init; }

    /// <summary>Gets how long to wait for the sender.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>Gets a value indicating whether the file goes to the standard output.</summary>
    public bool ToOutput => Output == "-";

    /// <summary>Gets the full path of the file or folder.</summary>
    public string FullOutput => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Into ?? Output ?? "."));

    /// <summary>Gets a value indicating whether that is a folder, even if it does not exist.</summary>
    public bool IsIntoFolder => Into is not null || Output is null || Path.EndsInDirectorySeparator(Output);
}
