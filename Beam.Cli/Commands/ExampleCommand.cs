using System.CommandLine;

namespace Beam.Cli.Commands;

/// <summary>A command that shows how it is used.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does.</param>
/// <param name="examples">Command lines.</param>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Gets command lines that show how it is used.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
