namespace Beam.Cli.Archives;

/// <summary>
/// What an archive may do to a folder that existed before. Each question is asked at most once, before anything in the folder changes.
/// </summary>
internal interface IUnpackConsent
{
    /// <summary>Whether these files, which exist, may be overwritten.</summary>
    ValueTask<bool> MayOverwriteAsync(IReadOnlyList<string> existing, CancellationToken cancellationToken);

    /// <summary>Whether these, whose names programs obey, may be made.</summary>
    ValueTask<bool> MayMakeObeyedAsync(IReadOnlyList<string> obeyed, CancellationToken cancellationToken);
}
