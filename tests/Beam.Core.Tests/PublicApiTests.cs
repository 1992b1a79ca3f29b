using System.Reflection;

namespace Beam.Core.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsAsCheckedIn()
    {
        var difference = ApiSnapshot.Compare(Assembly.Load("Beam.Core"), "Beam.Core.Tests");

        Assert.True(difference is null, difference);
    }
}
