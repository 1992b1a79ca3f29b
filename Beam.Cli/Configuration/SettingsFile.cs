using System.Text.Json;

namespace Beam.Cli.Configuration;

/// <summary>The configuration file.</summary>
/// <param name="path">Where it lies; it need not exist.</param>
internal sealed class SettingsFile(string path)
{
    /// <summary>Gets where it lies.</summary>
    public string Path { get; } = path;

    /// <summary>Reads it; what it does not say is <see langword="null"/>.</summary>
    /// <exception cref="UsageException">It is no such file.</exception>
    public ToolSettings Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path), SettingsJson.Default.ToolSettings) ?? new ToolSettings();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ToolSettings();
        }
        catch (JsonException exception)
        {
            throw new UsageException($"{Path} is not a configuration of beam: {exception.Message}");
        }
    }

    /// <summary>Writes it, for nobody else to read.</summary>
    public void Write(ToolSettings settings) => PrivateFile.Write(Path, JsonSerializer.SerializeToUtf8Bytes(settings, SettingsJson.Default.ToolSettings));
}
