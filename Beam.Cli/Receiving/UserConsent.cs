using Beam.Cli.Archives;
using Beam.Cli.Terminal;

namespace Beam.Cli.Receiving;

/// <summary>What the options of a command allow. On a terminal, the tool asks for the rest.</summary>
/// <param name="console">The terminal.</param>
/// <param name="force">Whether existing files may be overwritten.</param>
/// <param name="dotNames">Whether names that programs obey may be made.</param>
internal sealed class UserConsent(ToolConsole console, bool force, bool dotNames) : IUnpackConsent
{
    /// <inheritdoc/>
    public ValueTask<bool> MayOverwriteAsync(IReadOnlyList<string> existing, CancellationToken cancellationToken)
        => AskAsync(
            force,
            existing.Count == 1
                ? $"{existing[0]} already exists. Overwrite it?"
                : $"{existing[0]} and {existing.Count - 1} more already exist. Overwrite them?",
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> MayMakeObeyedAsync(IReadOnlyList<string> obeyed, CancellationToken cancellationToken)
        => AskAsync(
            dotNames,
            obeyed.Count == 1
                ? $"Programs may obey {obeyed[0]} by its name. Make it?"
                : $"Programs may obey {obeyed[0]} and {obeyed.Count - 1} more by their names. Make them?",
            cancellationToken);

    private ValueTask<bool> AskAsync(bool allowed, string question, CancellationToken cancellationToken)
        => allowed ? ValueTask.FromResult(true) : console.ConfirmAsync(TerminalText.Clean(question), cancellationToken);
}
