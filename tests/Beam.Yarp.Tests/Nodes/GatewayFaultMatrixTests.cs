using Beam.Conformance;
using Beam.Yarp.Tests.Servers;

namespace Beam.Yarp.Tests.Nodes;

/// <summary>The fault matrix through a gateway in front of a node.</summary>
public sealed class GatewayFaultMatrixTests : FaultMatrixConformance
{
    /// <summary>
    /// The buffers of two hops may hold the whole file when a receiver stands still; GatewayDeliveryTests has one with small buffers.
    /// </summary>
    protected override bool Includes(Cell cell)
        => MatrixPart.Includes(cell) && cell is not { Fault: Fault.ReceiverStalled, Moment: not Moment.LastByte };

    protected override Task<BeamHost> StartAsync(BeamHostSettings settings) => GatewayBeamHost.StartAsync(settings);
}
