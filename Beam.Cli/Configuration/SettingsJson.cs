using System.Text.Json.Serialization;
using Beam.Client;

namespace Beam.Cli.Configuration;

/// <summary>How the tool's own files are written.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ToolSettings))]
[JsonSerializable(typeof(SendingRecord))]
[JsonSerializable(typeof(BeamReceivedFile))]
internal sealed partial class SettingsJson : JsonSerializerContext;
