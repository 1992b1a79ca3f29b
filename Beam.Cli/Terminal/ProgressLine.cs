using System.Globalization;
using Beam.Client;

namespace Beam.Cli.Terminal;

/// <summary>One line that says how far a transfer is, for a terminal of any width.</summary>
internal static class ProgressLine
{
    private const int LongestBar = 24;
    private const int ShortestName = 8;

    /// <summary>The line, at most so many columns wide. What does not fit is left out, the least important part first.</summary>
    /// <param name="progress">How far it is.</param>
    /// <param name="name">What is transferred, fit for a terminal.</param>
    /// <param name="side">Which side this is.</param>
    /// <param name="columns">The width.</param>
    public static string Format(BeamProgress progress, string name, ProgressSide side, int columns)
    {
        string[][] variants = progress.Stage switch
        {
            BeamStage.Waiting => [[side == ProgressSide.Sender ? "waiting for the receiver" : "waiting for the sender"], ["waiting"]],
            BeamStage.Reconnecting => [["connection lost, reconnecting", Amount(progress)], ["connection lost"], ["lost"]],
            BeamStage.Finishing when side == ProgressSide.Sender =>
            [
                ["all sent, waiting for the receiver to have it"],
                ["waiting for the receiver"],
                ["waiting"],
            ],
            BeamStage.Finishing => [["100%", Sizes.Bytes(progress.Bytes), "verifying"], ["verifying"]],
            _ when progress.Total is not null =>
            [
                [Percent(progress), Bar(progress, LongestBar), Amount(progress), Speed(progress), Left(progress)],
                [Percent(progress), Amount(progress), Speed(progress), Left(progress)],
                [Percent(progress), Speed(progress), Left(progress)],
                [Percent(progress), Left(progress)],
                [Percent(progress)],
            ],
            _ => [[Sizes.Bytes(progress.Bytes), Speed(progress)], [Sizes.Bytes(progress.Bytes)]],
        };

        foreach (var variant in variants)
        {
            var text = string.Join("  ", variant.Where(static part => part.Length > 0));
            var room = columns - CellWidth.Of(text) - 2;
            if (room >= Math.Min(ShortestName, CellWidth.Of(name)) && name.Length > 0)
            {
                return $"{CellWidth.Shorten(name, room)}  {text}";
            }
        }

        foreach (var variant in variants)
        {
            var text = string.Join(' ', variant.Where(static part => part.Length > 0));
            if (CellWidth.Of(text) <= columns)
            {
                return text;
            }
        }

        return "";
    }

    private static double Part(BeamProgress progress)
        => progress.Total is > 0 and var total ? Math.Clamp((double)progress.Bytes / total, 0, 1) : 1;

    // 100% only when everything is there, not when it is near.
    private static string Percent(BeamProgress progress)
        => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(Part(progress) * 100):0}%");

    private static string Bar(BeamProgress progress, int columns)
    {
        var full = (int)(Part(progress) * columns);
        return $"[{new string('#', full)}{new string('-', columns - full)}]";
    }

    private static string Amount(BeamProgress progress)
        => progress.Total is { } total ? $"{Sizes.Bytes(progress.Bytes)} of {Sizes.Bytes(total)}" : Sizes.Bytes(progress.Bytes);

    private static string Speed(BeamProgress progress) => progress.BytesPerSecond >= 1 ? Sizes.Bytes(progress.BytesPerSecond) + "/s" : "";

    private static string Left(BeamProgress progress)
        => progress is { Total: { } total, BytesPerSecond: >= 1 }
            ? Sizes.Time(TimeSpan.FromSeconds(Math.Min((total - progress.Bytes) / progress.BytesPerSecond, 1e8)))
            : "";
}
