using System.Reflection;

namespace Beam.AspNetCore.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsAsCheckedIn()
    {
        var difference = ApiSnapshot.Compare(Assembly.Load("Beam.AspNetCore"), "Beam.AspNetCore.Tests");

        Assert.True(difference is null, difference);
    }
}
