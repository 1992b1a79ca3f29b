namespace Beam.Server.Settings;

/// <summary>The settings are not usable. The message is one line for the person who wrote them.</summary>
internal sealed class SettingsException(string message) : Exception(message);
