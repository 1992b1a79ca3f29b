using System.Text.Json;
using System.Text.Json.Serialization;

namespace Beam.Client;

/// <summary>Reads what the server writes as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = 8)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(ReceiptBody))]
[JsonSerializable(typeof(StatusBody))]
[JsonSerializable(typeof(TokenBody))]
internal sealed partial class WireJson : JsonSerializerContext;
