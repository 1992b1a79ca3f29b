using System.Reflection;

namespace Beam.Server.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Server_DependsOnAspNetCoreAndCoreAlone_OfOurs()
    {
        var ours = Assembly.LoadFrom(BuildOutput.ProgramOf(ServerProcess.BeamServer)).GetReferencedAssemblies()
            .Select(static reference => reference.Name!)
            .Where(static name => name.StartsWith("Beam", StringComparison.Ordinal));

        Assert.Equal(["Beam.AspNetCore", "Beam.Core"], ours.Order(StringComparer.Ordinal));
    }
}
