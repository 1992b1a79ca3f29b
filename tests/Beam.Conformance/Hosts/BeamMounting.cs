using Microsoft.AspNetCore.Builder;

namespace Beam.Conformance;

/// <summary>How an application on Kestrel makes Beam answer under a path.</summary>
/// <param name="Path">The path, without a slash at the end.</param>
/// <param name="Register">Adds services besides Beam's own.</param>
/// <param name="Map">Maps the endpoints.</param>
public sealed record BeamMounting(string Path, Action<WebApplicationBuilder> Register, Action<WebApplication> Map)
{
    /// <summary>As the README has it.</summary>
    public static BeamMounting AtTheRoot { get; } = new("", static _ => { }, static app => app.MapBeam());
}
