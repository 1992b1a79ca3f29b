using Beam.Conformance;
using Beam.Yarp.Tests.Servers;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>What receivers claim, and what their answers promise, through a gateway in front of a node.</summary>
public sealed class GatewayClaimTests : ClaimConformance
{
    protected override Task<BeamHost> StartAsync(BeamHostSettings settings) => GatewayBeamHost.StartAsync(settings);
}
