using System.Text.Json.Serialization;

namespace Beam.Holding;

/// <summary>The JSON that is written behind held files.</summary>
[JsonSerializable(typeof(HeldEntry))]
internal sealed partial class HoldingJsonContext : JsonSerializerContext;
