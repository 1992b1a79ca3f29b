using System.Reflection;

namespace Beam.Client.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsAsCheckedIn()
    {
        var difference = ApiSnapshot.Compare(Assembly.Load("Beam.Client"), "Beam.Client.Tests");

        Assert.True(difference is null, difference);
    }
}
