using System.Text.Json.Serialization;

namespace Beam.AspNetCore.Channels;

/// <summary>How channels are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(ChannelBody))]
[JsonSerializable(typeof(ChannelEventBody))]
internal sealed partial class ChannelsJson : JsonSerializerContext;
