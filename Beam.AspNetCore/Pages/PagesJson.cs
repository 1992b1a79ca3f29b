using System.Text.Json.Serialization;

namespace Beam.AspNetCore.Pages;

/// <summary>How the texts of the pages are read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class PagesJson : JsonSerializerContext;
