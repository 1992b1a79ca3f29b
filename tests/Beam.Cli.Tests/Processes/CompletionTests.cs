using System.Text;
using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

/// <summary>What <c>beam completion</c> writes, in real shells.</summary>
public sealed class CompletionTests : ToolTests
{
    [Fact]
    public async Task Tool_SuggestsCommandsAndOptions()
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
        await WriteScriptAsync("bash", $"beam() {{ dotnet '{Program}' \"$@\"; }}");

        var shell = await RunAsync("bash", ["--norc", "-c", """
            . ./script
            COMP_LINE='beam rec' COMP_POINT=8 COMP_CWORD=1 COMP_WORDS=(beam rec)
            _beam
            echo "${COMPREPLY[@]}"
            """]);

        Assert.Equal("receive", shell.OutputText.Trim());
    }

    [Theory]
    [InlineData("")]
    [InlineData("autoload -Uz compinit; compinit")]
    public async Task Completion_WorksInZsh(string before)
    {
        // What is completed is then run: the terminal shows no more than the letters that were missing.
        await WriteScriptAsync(
            "zsh",
            $"beam() {{ if [[ $1 == \\[suggest* ]]; then dotnet '{Program}' \"$@\"; else print \"ran: $*\"; fi }}\n{before}");

        var shell = await RunAsync("zsh", ["-f", "-c", """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell '. ./script; print "REA""DY"'
            zpty -r -m shell seen '*READY*'
            zpty -n -w shell $'beam rec\t\n'
            zpty -r -m shell seen '*ran: receive*'
            print -r -- $seen
            """]);

        Assert.Contains("ran: receive", shell.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_WorksInPowerShell()
    {
        await WriteScriptAsync("pwsh", $"function beam {{ dotnet '{Program}' @args }}");

        var shell = await RunAsync("pwsh", ["-NoProfile", "-NonInteractive", "-Command", """
            . ([scriptblock]::Create((Get-Content -Raw ./script)))
            [System.Management.Automation.CommandCompletion]::CompleteInput('beam rec', 8, $null).CompletionMatches.CompletionText
            """]);

        Assert.Equal("receive", shell.OutputText.Trim());
    }

    private async Task WriteScriptAsync(string shell, string before)
    {
        var completion = Beam("completion", shell);
        await ExitsAsync(completion, ExitCode.Success);
        Folder.Write("script", Encoding.UTF8.GetBytes($"{before}\n{completion.OutputText}"));
    }

    private async Task<ClientProcess> RunAsync(string shell, string[] arguments)
    {
        Assert.SkipUnless(ClientProcess.IsAvailable(shell), $"{shell} is not installed.");
        var process = Own(ClientProcess.Start(
            shell, arguments, new ClientProcessOptions { Environment = ToolEnvironment(), WorkingDirectory = Folder.Path }));
        Assert.True(await process.WaitAsync(Patience) == 0, process.Describe());
        return process;
    }
}
