using System.Reflection;

namespace Beam.Functions.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Functions_DependsOnAspNetCoreAndCoreAlone_OfOurs()
    {
        var ours = References().Where(static name => name.StartsWith("Beam", StringComparison.Ordinal));

        Assert.All(ours, static name => Assert.Contains(name, (string[])["Beam.AspNetCore", "Beam.Core"]));
    }

    [Fact]
    public void Functions_DependsOnNoWorkerPackage()
        => Assert.DoesNotContain(References(), static name => name.StartsWith("Microsoft.Azure", StringComparison.Ordinal));

    private static IEnumerable<string> References()
        => Assembly.Load("Beam.Functions").GetReferencedAssemblies().Select(static reference => reference.Name!);
}
