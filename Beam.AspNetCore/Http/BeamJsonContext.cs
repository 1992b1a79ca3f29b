using System.Text.Json.Serialization;
using Beam.AspNetCore.Pages;

namespace Beam.AspNetCore.Http;

/// <summary>All JSON that Beam writes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(AcceptedReceipt))]
[JsonSerializable(typeof(MintedTokenBody))]
[JsonSerializable(typeof(OneShotBody))]
[JsonSerializable(typeof(TransferStatusBody))]
[JsonSerializable(typeof(LiveStatusBody))]
[JsonSerializable(typeof(ChannelBody))]
[JsonSerializable(typeof(OverviewBody))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class BeamJsonContext : JsonSerializerContext;
