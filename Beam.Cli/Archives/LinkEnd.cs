namespace Beam.Cli.Archives;

/// <summary>Where a link of an archive leads.</summary>
/// <param name="Name">The name, which is empty for the folder that everything lies in.</param>
/// <param name="StaysInTopLevel">Whether the way there never goes up to that folder.</param>
internal readonly record struct LinkEnd(string Name, bool StaysInTopLevel);
