namespace Beam.Cli.Receiving;

/// <summary>What the command line of <c>beam receive</c> says.</summary>
/// <param name="Output">A file or a folder, "-" for the standard output, <see langword="null"/> for the current folder.</param>
/// <param name="Force">Whether existing files may be overwritten.</param>
/// <param name="KeepArchive">Whether an archive stays packed.</param>
/// <param name="Wait">How long to wait for the sender.</param>
internal sealed record ReceiveRequest(string? Output, bool Force, bool KeepArchive, TimeSpan? Wait)
{
    /// <summary>Gets a value indicating whether the file goes to the standard output.</summary>
    public bool ToOutput => Output == "-";

    /// <summary>Gets the full path of the file or folder.</summary>
    public string FullOutput => Path.GetFullPath(Output ?? ".");
}
