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

    [Fact]
    public async Task Completion_SuggestsCommandsAndOptions()
    {
        var commands = Beam("[suggest:8]", "beam rec");
        var options = Beam("[suggest:13]", "beam send --z");

        await ExitsAsync(commands, ExitCode.Success);
        await ExitsAsync(options, ExitCode.Success);
        Assert.Equal("receive", commands.OutputText.Trim());
        Assert.Equal("--zip", options.OutputText.Trim());
    }

    [Fact]
    public async Task Completion_WorksInBash()
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("bash"), "bash is not installed.");
        var script = Beam("completion", "bash");
        await ExitsAsync(script, ExitCode.Success);
        var test = $"beam() {{ dotnet '{Program}' \"$@\"; }}\n{script.OutputText}\nCOMP_LINE='beam rec' COMP_POINT=8 COMP_CWORD=1 COMP_WORDS=(beam rec)\n_beam\necho \"${{COMPREPLY[@]}}\"";

        await using var bash = ClientProcess.Start("bash", ["--norc", "-c", test], new ClientProcessOptions { Environment = ToolEnvironment() });

        Assert.Equal(0, await bash.WaitAsync(Patience));
        Assert.Equal("receive", bash.OutputText.Trim());
    }

    [Fact]
    public async Task Doctor_FindsNothing_WhereNoProxyIs()
    {
        var doctor = Beam("doctor", Server.Url, "--idle", "1");

        await ExitsAsync(doctor, ExitCode.Success);
        Assert.Equal(4, doctor.OutputText.Split('\n').Count(static line => line.TrimEnd().EndsWith("ok", StringComparison.Ordinal)));
    }
}
