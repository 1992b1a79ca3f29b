using System.Text.Json.Serialization;
using Beam.AspNetCore.Channels;
using Beam.AspNetCore.Minting;
using Beam.AspNetCore.OneShot;
using Beam.AspNetCore.Overview;
using Beam.AspNetCore.Sending;
using Beam.AspNetCore.Status;

namespace Beam.AspNetCore.Answers;

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
