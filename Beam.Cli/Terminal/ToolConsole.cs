using Spectre.Console;

namespace Beam.Cli.Terminal;

/// <summary>What the tool reads from and writes to: results on the standard output, everything for people on the standard error.</summary>
internal sealed class ToolConsole
{
    private const int UsualWidth = 80;

    /// <summary>Gets where results go.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Gets where progress, questions and errors go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Gets the function that opens the standard input.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Gets the function that opens the standard output.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Gets a value indicating whether somebody sees the standard error.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Gets a value indicating whether somebody sees the standard output.</summary>
    public bool IsOutTerminal { get; init; }

    /// <summary>Gets a value indicating whether somebody can answer questions.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>Gets how many columns there are now; it may change.</summary>
    public Func<int> Width { get; init; } = static () => UsualWidth;

    /// <summary>The console of this process.</summary>
    public static ToolConsole OfProcess() => new()
    {
        Out = Console.Out,
        Error = new ErrorWriter(Console.Error),
        OpenInput = StandardStreams.OpenInput,
        OpenOutput = StandardStreams.OpenOutput,
        IsErrorTerminal = !Console.IsErrorRedirected,
        IsOutTerminal = !Console.IsOutputRedirected,
        IsInputTerminal = !Console.IsInputRedirected,
        Width = TerminalWidth.Get,
    };

    /// <summary>Asks a yes-or-no question. If nobody is there to answer, the answer is no.</summary>
    public async ValueTask<bool> ConfirmAsync(string question, CancellationToken cancellationToken)
    {
        if (!IsInputTerminal || !IsErrorTerminal)
        {
            return false;
        }

        var prompt = new ConfirmationPrompt(Markup.Escape(question)) { DefaultValue = false };
        return await prompt.ShowAsync(Prompts(), cancellationToken);
    }

    /// <summary>Asks for a secret, which the terminal does not show.</summary>
    public Task<string> AskSecretAsync(string question, CancellationToken cancellationToken)
    {
        var prompt = new TextPrompt<string>(Markup.Escape(question)) { IsSecret = true, Mask = null, AllowEmpty = true };
        return prompt.ShowAsync(Prompts(), cancellationToken);
    }

    /// <summary>Writes a table, without colors and borders, which a pipe would not want.</summary>
    public void WriteTable(IEnumerable<(string Name, string Value)> rows)
    {
        var table = new Table().HideHeaders().AddColumns("", "");
        table.Border = TableBorder.None;
        foreach (var (name, value) in rows)
        {
            table.AddRow(new Text(TerminalText.Clean(name)), new Text(TerminalText.Clean(value)));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Out),
        });
        console.Profile.Width = IsOutTerminal ? Width() : int.MaxValue / 2;
        console.Write(table);
    }

    private IAnsiConsole Prompts() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Interactive = InteractionSupport.Yes,
        Out = new AnsiConsoleOutput(Error),
    });
}
