namespace Beam.Cli.Archives;

/// <summary>
/// A new folder for incomplete content, held as long as this object exists. Disposing it removes the folder and whatever is still in it.
/// If a process is killed, its folder stays until the next process makes such a folder beside it; that process removes both.
/// </summary>
internal sealed class HeldFolder : IDisposable
{
    private const string Prefix = ".beam-unpacking-";
    private const string HoldName = "held";
    private const string ContentName = "content";

    // A link may lead to anywhere.
    private static readonly EnumerationOptions NoLinks = new() { AttributesToSkip = FileAttributes.ReparsePoint };

    private readonly string _folder;
    private readonly FileStream _hold;

    /// <param name="parent">Where it lies.</param>
    public HeldFolder(string parent)
    {
        RemoveAbandoned(parent);
        _folder = Path.Combine(parent, Prefix + Path.GetRandomFileName());
        Create(_folder);

        // Before there is content: content that no process holds counts as abandoned.
        _hold = Hold(_folder, FileMode.CreateNew);
        Content = Path.Combine(_folder, ContentName);
        Create(Content);
    }

    /// <summary>Gets the path of what may be written to.</summary>
    public string Content { get; }

    /// <inheritdoc/>
    public void Dispose() => Remove(_folder, _hold);

    private static void RemoveAbandoned(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, Prefix + "*", NoLinks))
        {
            try
            {
                if (Directory.Exists(Path.Combine(folder, ContentName)))
                {
                    Remove(folder, Hold(folder, FileMode.Open));
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody holds it, or it is another user's.
            }
        }
    }

    private static FileStream Hold(string folder, FileMode mode)
        => new(Path.Combine(folder, HoldName), mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);

    private static void Remove(string folder, FileStream hold)
    {
        using (hold)
        {
            Delete(Path.Combine(folder, ContentName));
        }

        Delete(folder);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, ArchiveModes.PrivateFolder);
        }
    }
}
