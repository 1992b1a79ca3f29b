using System.Text.Json.Serialization;

namespace Beam.AspNetCore.Answers;

/// <summary>How refusals are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class AnswersJson : JsonSerializerContext;
