using System.Reflection;

namespace Beam.Yarp.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Yarp_DependsOnAspNetCoreAndCoreAlone_OfOurs()
    {
        var ours = Assembly.Load("Beam.Yarp").GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("Beam", StringComparison.Ordinal));

        Assert.Equal(["Beam.AspNetCore", "Beam.Core"], ours.Order(StringComparer.Ordinal));
    }
}
