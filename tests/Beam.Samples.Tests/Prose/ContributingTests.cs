using Beam.Samples.Tests.Readme;

namespace Beam.Samples.Tests.Prose;

/// <summary>The commands of CONTRIBUTING.md find the tests that they say.</summary>
public sealed class ContributingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Filters_RunTheTestsOfOneRule_ClassOrName()
    {
        var blocks = new ReadmeText("CONTRIBUTING.md").Blocks("sh");
        var commands = blocks.SelectMany(static block => block.Trim().Split('\n')).ToList();

        Assert.Equal(3, commands.Count);
        foreach (var command in commands)
        {
            // As printed, on what was built.
            var built = $"{command} --no-build --no-progress -c {BuildOutput.Configuration} --results-directory TestResults/filters";
            await using var tests = ClientProcess.Start(
                "bash",
                ["-euc", built],
                new ClientProcessOptions { WorkingDirectory = Repository.Root, Environment = Dotnet.Environment });

            Assert.True(await tests.WaitAsync(Limit) == 0, tests.Describe());
            Assert.Matches(@"succeeded: [1-9]", tests.OutputText);
        }
    }
}
