namespace Beam.Conformance.Tests;

/// <summary>Tests that measure the whole process, beside which nothing else may run.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
