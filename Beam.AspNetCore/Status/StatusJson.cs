using System.Text.Json.Serialization;

namespace Beam.AspNetCore.Status;

/// <summary>How transfers are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(TransferStatusBody))]
[JsonSerializable(typeof(LiveStatusBody))]
internal sealed partial class StatusJson : JsonSerializerContext;
