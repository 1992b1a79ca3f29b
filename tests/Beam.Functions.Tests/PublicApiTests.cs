using System.Reflection;

namespace Beam.Functions.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsAsCheckedIn()
    {
        var difference = ApiSnapshot.Compare(Assembly.Load("Beam.Functions"), "Beam.Functions.Tests");

        Assert.True(difference is null, difference);
    }
}
