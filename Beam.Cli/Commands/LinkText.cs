using Beam.Client;

namespace Beam.Cli.Commands;

/// <summary>Reads links from the command line.</summary>
internal static class LinkText
{
    /// <exception cref="UsageException">The text is not a link.</exception>
    public static BeamLink Read(string text)
        => BeamLink.TryParse(text, out var link) ? link : throw new UsageException("This is not a link of Beam.");

    /// <exception cref="UsageException">The text is not a link, or the link of a channel.</exception>
    public static BeamLink ReadFile(string text)
        => Read(text) is { Name: not null } link
            ? link
            : throw new UsageException("This link leads to a channel and names no file in it.");
}
