namespace Beam.Cli.Receiving;

/// <summary>What the command line of <c>beam receive</c> says.</summary>
/// <param name="Output">A file or a folder, "-" for the standard output, or nothing for this folder.</param>
/// <param name="Force">Whether what is there may be overwritten.</param>
/// <param name="KeepArchive">Whether an archive stays one.</param>
/// <param name="Wait">How long to wait for the sender.</param>
internal sealed record ReceiveRequest(string? Output, bool Force, bool KeepArchive, TimeSpan? Wait)
{
    /// <summary>Gets a value indicating whether the file goes to the standard output.</summary>
    public bool ToOutput => Output == "-";

    /// <summary>Gets the whole path of the file or folder.</summary>
    public string FullOutput => Path.GetFullPath(Output ?? ".");
}
