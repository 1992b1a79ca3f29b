using Beam.Client;

namespace Beam.Cli.Terminal;

/// <summary>Shows the progress of a transfer in a line that it rewrites again and again.</summary>
internal sealed class ProgressDisplay(TextWriter terminal, Func<int> width, TimeProvider clock)
{
    private const string ToLineStart = "\r";
    private const string EraseToLineEnd = "\u001b[K";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private long _shownAt;
    private BeamStage? _stage;
    private bool _isShown;

    /// <summary>Gets or sets what is transferred, fit for a terminal.</summary>
    public string Name { get; set; } = "";

    /// <summary>Gets or sets whose progress it is.</summary>
    public ProgressSide Side { get; set; }

    /// <summary>Shows how far it is. It skips what comes too fast for anybody to read, except a new stage.</summary>
    public void Show(BeamProgress progress)
    {
        lock (_lock)
        {
            if (progress.Stage == BeamStage.Done || (progress.Stage == _stage && clock.GetElapsedTime(_shownAt) < Interval))
            {
                return;
            }

            _stage = progress.Stage;
            _shownAt = clock.GetTimestamp();

            // The last column stays free: many terminals begin a new line as soon as it is used.
            terminal.Write(ToLineStart + ProgressLine.Format(progress, Name, Side, Math.Max(0, width() - 1)) + EraseToLineEnd);
            terminal.Flush();
            _isShown = true;
        }
    }

    /// <summary>Makes room for something else.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            if (_isShown)
            {
                terminal.Write(ToLineStart + EraseToLineEnd);
                terminal.Flush();
                _isShown = false;
                _stage = null;
            }
        }
    }
}
