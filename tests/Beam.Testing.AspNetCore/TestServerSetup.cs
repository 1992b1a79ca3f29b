using Beam.AspNetCore;
using Beam.AspNetCore.Routing;
using Microsoft.AspNetCore.Builder;

namespace Beam.Testing;

/// <summary>What a test wants of its server: Beam at the root and nothing else, unless it says otherwise.</summary>
public sealed class TestServerSetup
{
    /// <summary>What is said of the relay.</summary>
    public Action<BeamOptions> Options { get; set; } = static _ => { };

    /// <summary>What is said of Beam over HTTP.</summary>
    public Action<BeamHttpOptions> HttpOptions { get; set; } = static _ => { };

    /// <summary>What the application registers besides Beam, and more of what Kestrel and the logs do.</summary>
    public Action<WebApplicationBuilder> Services { get; set; } = static _ => { };

    /// <summary>The middleware and endpoints of the application besides Beam.</summary>
    public Action<WebApplication> App { get; set; } = static _ => { };

    /// <summary>The conventions on Beam's endpoints.</summary>
    public Action<BeamEndpointConventionBuilder> Conventions { get; set; } = static _ => { };

    /// <summary>
    /// Where Beam is mounted; <see langword="null"/> for an application that calls <c>AddBeam</c> and <c>MapBeam</c> itself, or neither.
    /// </summary>
    public string? Prefix { get; set; } = "";

    /// <summary>The port for HTTP/1.1; a free one when it is zero.</summary>
    public int Port { get; set; }

    /// <summary>The clock of the relay; the system's unless a test stops it.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>
    /// Which warnings and errors are part of the test, so that all others fail it; <see langword="null"/> when nobody looks at them.
    /// </summary>
    public Func<LogEntry, bool>? ExpectsLog { get; set; }

    /// <summary>
    /// Whether disposing of the server waits for its last transfer, and fails when one stays or leaves something behind. Otherwise it cuts
    /// what is left.
    /// </summary>
    public bool EndsEmpty { get; set; } = true;
}
