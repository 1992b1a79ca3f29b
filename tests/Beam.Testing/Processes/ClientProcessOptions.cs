namespace Beam.Testing;

/// <summary>How a <see cref="ClientProcess"/> is started.</summary>
public sealed class ClientProcessOptions
{
    /// <summary>What the program reads from its standard input, which then ends. By default nothing.</summary>
    public Stream? Input { get; init; }

    /// <summary>
    /// Leaves the standard input open after <see cref="Input"/>, for writing to <see cref="ClientProcess.StandardInput"/>.
    /// </summary>
    public bool KeepInputOpen { get; init; }

    /// <summary>The folder to start in; the test's own by default.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Environment variables to set, or with <see langword="null"/> to remove, on top of the test's own.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}
