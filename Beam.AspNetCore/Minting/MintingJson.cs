using System.Text.Json.Serialization;

namespace Beam.AspNetCore.Minting;

/// <summary>How minted tokens are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(MintedTokenBody))]
internal sealed partial class MintingJson : JsonSerializerContext;
