using Beam.Cli.Configuration;
using Beam.Cli.Reports;
using Beam.Cli.Terminal;

namespace Beam.Cli;

/// <summary>What commands work with. A test brings its own.</summary>
internal sealed class ToolContext
{
    /// <summary>Gets the terminal, or what is there instead.</summary>
    public required ToolConsole Console { get; init; }

    /// <summary>Gets the places of the tool's own files.</summary>
    public required ToolFolders Folders { get; init; }

    /// <summary>Gets the clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Gets the function that reads an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Gets the configuration file.</summary>
    public SettingsFile SettingsFile => new(Folders.Settings);

    /// <summary>Reads the settings of a command.</summary>
    public EffectiveSettings ReadSettings() => new(SettingsFile.Read(), Environment);

    /// <summary>Makes the report that tells how a command goes.</summary>
    /// <param name="json">Whether programs listen.</param>
    /// <param name="outputIsTaken">Whether a file goes to the standard output. Everything else then goes to the standard error.</param>
    public IReport NewReport(bool json, bool outputIsTaken)
        => json ? new JsonReport(outputIsTaken ? Console.Error : Console.Out) : new TextReport(Console, ReadQr(), Clock);

    private bool ReadQr()
    {
        try
        {
            return ReadSettings().Qr;
        }
        catch (Exception exception) when (exception is UsageException or IOException or UnauthorizedAccessException)
        {
            // The command itself will say what is wrong with the file.
            return true;
        }
    }
}
