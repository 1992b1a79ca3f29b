using Beam.AspNetCore.Hosting;

namespace Beam.AspNetCore.Tests.Hosting;

public sealed class ConnectionLimitTests
{
    [Theory]
    [InlineData(768L, 384L)]
    [InlineData(524_032L, 262_016L)]
    [InlineData(0L, 1L)]
    [InlineData(null, null)]
    [Trait("Rule", "P3")]
    public void MostConnections_LeaveDescriptorsForTheRest(long? descriptors, long? connections)
        => Assert.Equal(connections, ConnectionLimit.MostConnections(descriptors));
}
