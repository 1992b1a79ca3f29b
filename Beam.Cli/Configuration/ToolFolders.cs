namespace Beam.Cli.Configuration;

/// <summary>Where the tool keeps its own files.</summary>
/// <param name="Settings">The configuration file.</param>
/// <param name="Sending">A folder for notes on what is being sent.</param>
/// <param name="Unpacking">A folder for notes on what is being unpacked.</param>
internal sealed record ToolFolders(string Settings, string Sending, string Unpacking)
{
    /// <summary>
    /// The folders of this user: <c>~/.config/beam</c> and <c>~/.local/share/beam</c> on Linux, the platform's folders elsewhere.
    /// </summary>
    public static ToolFolders OfUser() => new(
        Path.Combine(Folder(Environment.SpecialFolder.ApplicationData), "beam", "config.json"),
        Path.Combine(Folder(Environment.SpecialFolder.LocalApplicationData), "beam", "sending"),
        Path.Combine(Folder(Environment.SpecialFolder.LocalApplicationData), "beam", "unpacking"));

    private static string Folder(Environment.SpecialFolder folder)
    {
        var path = Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
        return path.Length > 0 ? path : Path.Combine(Path.GetTempPath(), "beam-of-" + Environment.UserName);
    }
}
