using System.Reflection;

namespace Beam.AspNetCore.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void AspNetCore_DependsOnCoreAlone_OfOurs()
    {
        var ours = Assembly.Load("Beam.AspNetCore").GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("Beam", StringComparison.Ordinal));

        Assert.All(ours, name => Assert.Equal("Beam.Core", name));
    }
}
