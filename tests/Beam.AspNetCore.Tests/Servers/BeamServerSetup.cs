using Beam.AspNetCore.Routing;
using Microsoft.AspNetCore.Builder;

namespace Beam.AspNetCore.Tests.Servers;

/// <summary>What a test wants of its server.</summary>
internal sealed class BeamServerSetup
{
    /// <summary>Gets or sets what is said of the relay.</summary>
    public Action<BeamOptions> Options { get; set; } = static _ => { };

    /// <summary>Gets or sets what is said of Beam over HTTP.</summary>
    public Action<BeamHttpOptions> HttpOptions { get; set; } = static _ => { };

    /// <summary>Gets or sets what the application registers besides Beam.</summary>
    public Action<WebApplicationBuilder> Services { get; set; } = static _ => { };

    /// <summary>Gets or sets the middleware and endpoints of the application besides Beam.</summary>
    public Action<WebApplication> App { get; set; } = static _ => { };

    /// <summary>Gets or sets the conventions on Beam's endpoints.</summary>
    public Action<BeamEndpointConventionBuilder> Conventions { get; set; } = static _ => { };

    /// <summary>Gets or sets where Beam is mounted.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Gets or sets the clock of the relay; the system's unless a test stops it.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets which warnings and errors are part of the test.</summary>
    public Func<LogEntry, bool> ExpectsLog { get; set; } = static _ => false;
}
