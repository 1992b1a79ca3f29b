using Beam.Cli.Configuration;
using Beam.Cli.Reference;
using Beam.Cli.Terminal;

namespace Beam.Cli.Tests.Reference;

public sealed class CliReferenceTests
{
    [Fact]
    public void Page_IsAsCheckedIn()
    {
        var path = Path.Combine(Repository.Root, "docs", "cli.md");
        var page = CliReference.Write(BeamTool.CreateCommands(new ToolContext
        {
            Console = ToolConsole.OfProcess(),
            Folders = ToolFolders.OfUser(),
        }));
        if (Environment.GetEnvironmentVariable("BEAM_UPDATE_API") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.True(
            page == File.ReadAllText(path).ReplaceLineEndings("\n"),
            "docs/cli.md is not what the commands say. If the change is meant, run this test with BEAM_UPDATE_API=1.");
    }
}
