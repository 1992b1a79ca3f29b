using System.Reflection;

namespace Beam.Yarp.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsAsCheckedIn()
    {
        var difference = ApiSnapshot.Compare(Assembly.Load("Beam.Yarp"), "Beam.Yarp.Tests");

        Assert.True(difference is null, difference);
    }
}
