using System.Text.Json;

namespace Beam.Cli.Configuration;

/// <summary>The configuration file.</summary>
/// <param name="path">Where it lies; it need not exist.</param>
internal sealed class SettingsFile(string path)
{
    /// <summary>Gets where it lies.</summary>
    public string Path { get; } = path;

    /// <summary>Reads it. A setting that it does not contain is <see langword="null"/>.</summary>
    /// <exception cref="UsageException">It is not a configuration file.</exception>
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
            throw new UsageException($"{Path} is not a configuration file of beam: {exception.Message}");
        }
    }

    /// <summary>Writes it, readable for this user only.</summary>
    public void Write(ToolSettings settings)
        => PrivateFile.Write(Path, JsonSerializer.SerializeToUtf8Bytes(settings, SettingsJson.Default.ToolSettings));
}
