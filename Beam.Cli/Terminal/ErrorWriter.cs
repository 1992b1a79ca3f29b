using System.Text;

namespace Beam.Cli.Terminal;

/// <summary>The standard error. If nobody can read it, as after a terminal was closed, the command goes on all the same.</summary>
internal sealed class ErrorWriter(TextWriter error) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => error.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => error.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => error.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => error.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(error.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            // There is nowhere to say so.
        }
    }
}
