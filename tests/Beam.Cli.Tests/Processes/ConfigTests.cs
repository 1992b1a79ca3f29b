using System.Text;
using Beam.Cli.Archives;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

public sealed class ConfigTests : ToolTests
{
    [Fact]
    public async Task Key_IsReadFromAPipe_AndNeverShown()
    {
        await ExitsAsync(Beam("config", "server", "beam.example/relay/"), ExitCode.Success);
        await ExitsAsync(BeamReading(Encoding.UTF8.GetBytes("se cret\n"), "config", "key", "-"), ExitCode.Success);
        var shown = Beam("config");

        await ExitsAsync(shown, ExitCode.Success);
        Assert.Contains("https://beam.example/relay/", shown.OutputText, StringComparison.Ordinal);
        Assert.Contains("(set)", shown.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("se cret", shown.OutputText, StringComparison.Ordinal);
        Assert.Contains("se cret", await File.ReadAllTextAsync(Home["config/beam/config.json"]), StringComparison.Ordinal);
        Assert.Equal(ArchiveModes.PrivateFile, File.GetUnixFileMode(Home["config/beam/config.json"]));

        await ExitsAsync(Beam("config", "key", "--unset"), ExitCode.Success);
        Assert.DoesNotContain("se cret", await File.ReadAllTextAsync(Home["config/beam/config.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_ShowsExamples()
    {
        var help = Beam("send", "--help");

        await ExitsAsync(help, ExitCode.Success);
        Assert.Contains("pg_dump shop | beam send - --name shop.sql", help.OutputText, StringComparison.Ordinal);
    }
}
