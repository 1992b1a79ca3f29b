using Beam.Benchmarks.Measuring;
using Beam.Benchmarks.Reporting;
using Beam.Benchmarks.Scenarios;

namespace Beam.Benchmarks;

/// <summary>Runs the scenarios that were asked for and prints their tables.</summary>
internal static class BenchmarkCommand
{
    private static readonly IScenario[] Scenarios =
    [
        new OnePair(),
        new SlowReceiver(),
        new WaitingSenders("waiting", 1000),
        new WaitingSenders("waiting-2000", 2000),
        new ManyPairs(),
        new Spill(),
        new SpillBackPressure(),
        new FullDisk(),
        new SmallTransfers(),
        new Ratios(),
        new Workloads(),
        new RewindCost(),
        new ComingBack(),
        new Watchers(),
        new ToolCost(),
        new Hops(),
    ];

    public static int Run(string[] arguments)
    {
        if (BenchmarkArguments.Parse(arguments, [.. Scenarios.Select(static scenario => scenario.Name)]) is not { } asked)
        {
            Console.Error.WriteLine(
                $"""
                usage: [SCENARIO...] [--quick] [--runs N] [--markdown FILE] [--other-limit PROGRAM] [--SECTION:SETTING=VALUE...]
                scenarios: {string.Join(' ', Scenarios.Select(static scenario => scenario.Name))}; all of them by default
                --quick      small sizes, to see that everything works
                --runs       how often what is compared is measured; the median counts (3)
                --markdown   writes the tables into FILE, between its markers if it has them
                --other-limit  a program to compare with besides the socket copy: it prints "listening PORT" and passes on what
                             PUT and GET of a path say
                --Beam:...   a setting of the measured relays, such as --Beam:WindowBytes=262144; --Limits:..., --Sockets:... are Kestrel's,
                             --Pool:BlockBytes=65536 is the size of its memory blocks
                """);
            return 2;
        }

        var machine = Machine.Describe();
        var context = new BenchmarkContext(asked);
        var sections = new List<Section>();
        var hasFailed = false;
        foreach (var scenario in Scenarios.Where(scenario => asked.Scenarios.Count == 0 || asked.Scenarios.Contains(scenario.Name)))
        {
            Console.Error.WriteLine($"{scenario.Name} ...");
            try
            {
                sections.Add(scenario.Run(context));
            }
            catch (Exception exception)
            {
                // The other scenarios are still worth their numbers; the exit code tells.
                hasFailed = true;
                sections.Add(new Section(scenario.Name, $"FAILED: {exception.GetBaseException().Message}", new Table("Measure", "Value")));
                Console.Error.WriteLine(exception);
            }
        }

        var markdown = MarkdownReport.Render(machine, sections, asked.IsQuick);
        Console.Out.Write(markdown);
        if (asked.MarkdownFile is { } file)
        {
            MarkdownReport.Write(file, markdown);
        }

        return hasFailed ? 1 : 0;
    }
}
