using Beam.AspNetCore.Hosting;

namespace Beam.AspNetCore.Tests.Hosting;

public sealed class DescriptorLimitTests
{
    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 384L)]
    [InlineData("Max open files            524288               524288               files     ", 262_016L)]
    [InlineData("Max open files            100                  100                  files     ", 1L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             63434                63434                processes ", null)]
    [Trait("Rule", "P3")]
    public void MostConnections_LeaveDescriptorsForTheRest(string line, long? connections)
        => Assert.Equal(connections, DescriptorLimit.MostConnections(["Limit  Soft Limit  Hard Limit  Units", line]));
}
