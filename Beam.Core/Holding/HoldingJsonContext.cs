using System.Text.Json.Serialization;

namespace Beam.Holding;

/// <summary>The JSON that is written beside held files. What another version has written is not read by half.</summary>
[JsonSourceGenerationOptions(
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(HeldEntry))]
[JsonSerializable(typeof(HeldChannel))]
internal sealed partial class HoldingJsonContext : JsonSerializerContext;
