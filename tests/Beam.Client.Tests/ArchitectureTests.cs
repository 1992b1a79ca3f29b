using System.Reflection;

namespace Beam.Client.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Client_DependsOnNothingOfTheServer()
    {
        var references = Assembly.Load("Beam.Client").GetReferencedAssemblies().Select(reference => reference.Name!);

        Assert.All(references, name => Assert.False(
            name.StartsWith("Beam", StringComparison.Ordinal) || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal), name));
    }
}
