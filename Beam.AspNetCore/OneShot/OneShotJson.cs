using System.Text.Json.Serialization;

namespace Beam.AspNetCore.OneShot;

/// <summary>How the beginning of the answer to a file without a token is written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(OneShotBody))]
internal sealed partial class OneShotJson : JsonSerializerContext;
