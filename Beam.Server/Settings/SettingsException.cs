namespace Beam.Server.Settings;

/// <summary>The settings are not usable. The message is one line for their author.</summary>
internal sealed class SettingsException(string message) : Exception(message);
