using Beam.Conformance;
using Beam.Yarp.Tests.Servers;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>Sides that break off and come back, through a gateway in front of a node.</summary>
public sealed class GatewayComebackTests : ComebackConformance
{
    /// <summary>The buffers of two hops may hold the whole file when a receiver stands still.</summary>
    protected override bool Includes(Cell cell) => MatrixPart.IncludesComeback(cell) && cell.Fault != Fault.ReceiverStalled;

    protected override Task<BeamHost> StartAsync(BeamHostSettings settings) => GatewayBeamHost.StartAsync(settings);
}
