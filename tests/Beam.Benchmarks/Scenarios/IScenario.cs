using Beam.Benchmarks.Reporting;

namespace Beam.Benchmarks.Scenarios;

/// <summary>
/// Something to be measured. It fails with an exception when bytes were lost; a bound that is missed is part of its result.
/// </summary>
internal interface IScenario
{
    /// <summary>Gets the word that selects it on the command line.</summary>
    string Name { get; }

    Section Run(BenchmarkContext context);
}
