namespace Beam.Yarp.Tests.Servers;

/// <summary>A gateway before nodes, and its configuration of them.</summary>
internal sealed record NodeGateway(NodeGatewayConfig Config, TestServer Server)
{
    public string Url => Server.Url;
}
