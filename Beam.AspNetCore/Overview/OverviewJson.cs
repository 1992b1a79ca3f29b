using System.Text.Json.Serialization;

namespace Beam.AspNetCore.Overview;

/// <summary>How the overview is written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(OverviewBody))]
internal sealed partial class OverviewJson : JsonSerializerContext;
