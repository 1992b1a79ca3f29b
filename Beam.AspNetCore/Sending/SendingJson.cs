using System.Text.Json.Serialization;

namespace Beam.AspNetCore.Sending;

/// <summary>How receipts are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(AcceptedReceipt))]
internal sealed partial class SendingJson : JsonSerializerContext;
