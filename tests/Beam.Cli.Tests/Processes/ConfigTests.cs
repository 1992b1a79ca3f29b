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

    [Theory]
    [InlineData("send", "photo.jpg")]
    [InlineData("request")]
    [InlineData("doctor")]
    public async Task Key_IsNotShownOverHttp_UnlessItIsAskedForTwice(params string[] command)
    {
        Folder.Write("photo.jpg", "content"u8);
        var environment = ToolEnvironment();
        environment["BEAM_SERVER"] = "http://beam.invalid";
        environment["BEAM_KEY"] = "se cret";
        var options = new ClientProcessOptions { Environment = environment, WorkingDirectory = Folder.Path };

        var refused = Beam(options, command);
        await ExitsAsync(refused, ExitCode.Usage);
        Assert.Contains("https", refused.ErrorText, StringComparison.Ordinal);
        Assert.Contains("BEAM_KEY_OVER_HTTP=yes", refused.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("se cret", refused.ErrorText, StringComparison.Ordinal);

        environment["BEAM_KEY_OVER_HTTP"] = "yes";
        await ExitsAsync(Beam(options, command), ExitCode.Unreachable);
    }

    [Fact]
    public async Task KeyAndItsPermission_AreOfOneServer()
    {
        await ExitsAsync(BeamReading("se cret\n"u8.ToArray(), "config", "key", "-"), ExitCode.Success);
        await ExitsAsync(Beam("config", "server", "http://beam.example"), ExitCode.Success);
        await ExitsAsync(Beam("config", "key-over-http", "yes"), ExitCode.Success);
        await ExitsAsync(Beam("config", "server", "http://beam.example/"), ExitCode.Success);
        var kept = Beam("config");
        await ExitsAsync(kept, ExitCode.Success);
        Assert.Contains("(set)", kept.OutputText, StringComparison.Ordinal);
        Assert.Matches("key-over-http +yes", kept.OutputText);

        var moved = Beam("config", "server", "http://other.example");
        await ExitsAsync(moved, ExitCode.Success);
        var shown = Beam("config");
        await ExitsAsync(shown, ExitCode.Success);

        Assert.Contains("The key of the server before is forgotten", moved.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("key", shown.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_ShowsExamples()
    {
        var help = Beam("send", "--help");

        await ExitsAsync(help, ExitCode.Success);
        Assert.Contains("pg_dump shop | beam send - --name shop.sql", help.OutputText, StringComparison.Ordinal);
    }
}
