using Beam.Samples.Tests.Readme;

namespace Beam.Samples.Tests.Prose;

/// <summary>The commands of CONTRIBUTING.md find the tests that they say.</summary>
public sealed class ContributingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Filters_RunTheTestsOfOneRule_ClassOrName()
    {
        var commands = new ReadmeText("CONTRIBUTING.md").Blocks("sh").SelectMany(static block => block.Trim().Split('\n')).ToList();

        Assert.Equal(3, commands.Count);
        foreach (var command in commands)
        {
            // As printed, on what was built.
            await using var tests = ClientProcess.Start(
                "bash",
                ["-euc", $"{command} --no-build --no-progress -c {BuildOutput.Configuration} --results-directory \"$PWD/TestResults/filters\""],
                new ClientProcessOptions { WorkingDirectory = Repository.Root, Environment = Dotnet.Environment });

            Assert.True(await tests.WaitAsync(Limit) == 0, tests.Describe());
            Assert.Matches(@"succeeded: [1-9]", tests.OutputText);
        }
    }
}
