namespace Beam.Cli.Archives;

/// <summary>What came out of an archive.</summary>
/// <param name="Files">How many files.</param>
/// <param name="Bytes">Their bytes together.</param>
/// <param name="ChangedNames">How many have another name than in the archive, because that name was unsafe or taken.</param>
/// <param name="TopLevelNames">What now lies in the folder.</param>
/// <param name="LinksStayInTopLevel">
/// Whether each link stays in the top-level folder that it lies in. Then that folder can be moved anywhere.
/// </param>
internal sealed record UnpackSummary(
    int Files,
    long Bytes,
    int ChangedNames,
    IReadOnlyList<string> TopLevelNames,
    bool LinksStayInTopLevel);
