using System.Reflection;

namespace Beam.Cli.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Cli_DependsOnTheClientAlone_OfOurs()
    {
        var references = Assembly.Load("Beam.Cli").GetReferencedAssemblies().Select(static reference => reference.Name!).ToList();

        Assert.Equal(["Beam.Client"], references.Where(static name => name.StartsWith("Beam", StringComparison.Ordinal)));
        Assert.DoesNotContain(references, static name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }
}
