using System.CommandLine;

namespace Beam.Cli.Commands;

/// <summary><c>beam completion</c>.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _beam() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(beam "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _beam beam
        """;

    private const string Zsh = """
        _beam() {
            local -a found
            found=("${(@f)$(beam "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -- $found
            _files
        }
        (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
        compdef _beam beam
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName beam -ScriptBlock {
            param($word, $line, $position)
            beam "[suggest:$position]" "$line" | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    public static Command Create(ToolContext tool)
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell: bash, zsh or pwsh." };
        shell.CompletionSources.Add("bash", "zsh", "pwsh");
        var command = new ExampleCommand(
            "completion",
            "Write the lines that make a shell complete commands and options. Append them to the shell's start-up file.",
            "beam completion bash >> ~/.bashrc",
            "beam completion zsh >> ~/.zshrc",
            "beam completion pwsh >> $PROFILE") { shell };
        command.Does(tool, async (parsed, _, cancellationToken) =>
        {
            var script = parsed.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "pwsh" => PowerShell,
                var other => throw new UsageException($"There is no completion for {other}. Choose bash, zsh or pwsh."),
            };
            await tool.Console.Out.WriteLineAsync(script.AsMemory(), cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }
}
