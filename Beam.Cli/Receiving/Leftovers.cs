namespace Beam.Cli.Receiving;

/// <summary>What unfinished files leave in a folder. After a cancelled transfer, nothing can resume from it.</summary>
internal sealed class Leftovers
{
    private const string Pattern = "*.beam-part";

    private readonly string _folder;
    private readonly HashSet<string> _before;

    /// <param name="output">The file or folder that is received into.</param>
    public Leftovers(string output)
    {
        _folder = Directory.Exists(output) ? output : Path.GetDirectoryName(output) ?? output;
        _before = [.. Find()];
    }

    /// <summary>Removes what is new in the folder, except what another process is writing.</summary>
    public void Remove()
    {
        foreach (var path in Find().Except(_before))
        {
            try
            {
                using var _ = new FileStream(
                    path,
                    FileMode.Open,
                    FileAccess.ReadWrite,
                    FileShare.None,
                    bufferSize: 1,
                    FileOptions.DeleteOnClose);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It belongs to another process or user.
            }
        }
    }

    private IEnumerable<string> Find() => Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder, Pattern) : [];
}
