namespace Beam.Cli.Archives;

/// <summary>A file, folder or link that was not packed.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Reason">Why, as a part of a sentence.</param>
internal sealed record LeftOut(string Path, string Reason);
