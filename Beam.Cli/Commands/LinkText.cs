using Beam.Client;

namespace Beam.Cli.Commands;

/// <summary>Reads links from the command line.</summary>
internal static class LinkText
{
    /// <exception cref="UsageException">It is none.</exception>
    public static BeamLink Read(string text) => BeamLink.TryParse(text, out var link) ? link : throw new UsageException("That is not a link of Beam's.");

    /// <exception cref="UsageException">It is none, or one of a channel.</exception>
    public static BeamLink ReadFile(string text)
        => Read(text) is { Name: not null } link ? link : throw new UsageException("That link names no file: it leads to a channel.");
}
