using System.Reflection;

namespace Beam.Core.Tests;

public sealed class ArchitectureTests
{
    private static readonly string[] References =
        [.. Assembly.Load("Beam.Core").GetReferencedAssemblies().Select(reference => reference.Name!)];

    [Fact]
    public void Core_KnowsNoWebServer() =>
        Assert.DoesNotContain(References, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    [Fact]
    public void Core_DependsOnNothingOfOurs() =>
        Assert.DoesNotContain(References, name => name.StartsWith("Beam", StringComparison.Ordinal));

    [Fact]
    public void Core_DependsOnRuntimeAndExtensionsOnly() =>
        Assert.All(References, name => Assert.Matches(@"^(System\.|Microsoft\.Extensions\.|netstandard$)", name));
}
