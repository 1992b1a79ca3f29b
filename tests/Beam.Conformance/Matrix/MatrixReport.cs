using System.Globalization;
using System.Text;

namespace Beam.Conformance;

/// <summary>Results as Markdown.</summary>
public static class MatrixReport
{
    /// <summary>Renders a table of faults by moments, with what became of the sides that came back, and the sums below it.</summary>
    public static string Render(IReadOnlyList<CellResult> results, IReadOnlyList<CellResult> comebacks)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(comebacks);
        List<CellResult> all = [.. results, .. comebacks];
        var text = new StringBuilder();
        text.Append("| Fault | Before pairing | First byte | Middle | Last byte | And comes back |\n|---|---|---|---|---|---|\n");
        foreach (var fault in Enum.GetValues<Fault>())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Words(fault)} |");
            foreach (var moment in Enum.GetValues<Moment>())
            {
                var cells = results.Where(result => result.Cell.Fault == fault && result.Cell.Moment == moment);
                text.Append(CultureInfo.InvariantCulture, $" {Describe([.. cells])} |");
            }

            text.Append(CultureInfo.InvariantCulture, $" {Count([.. comebacks.Where(result => result.Cell.Fault == fault)])} |\n");
        }

        var unproven = results.Count(static result => result.IsUnprovenSuccess);
        return text.Append(CultureInfo.InvariantCulture, $"""

            - Cells run: {results.Count}, as they must be: {CountGood(results)}
            - Cells in which somebody came back: {comebacks.Count}, complete at both ends: {CountGood(comebacks)}
            - False successes: {all.Count(static result => result.IsFalseSuccess)}
            - Truncated bodies that looked complete: {all.Count(static result => result.IsTruncatedAsComplete)}
            - Senders told `sent`, which promises no more, for a receiver that died later: {unproven}
            - Sending curls that never looked at their answer (HTTP/2): {results.Count(static result => result.IsSenderHung)}

            """).ToString();
    }

    private static int CountGood(IReadOnlyList<CellResult> results) => results.Count(static result => result.Problems.Count == 0);

    private static string Count(IReadOnlyList<CellResult> results)
        => results.Count == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{CountGood(results)} of {results.Count}");

    private static string Describe(IReadOnlyList<CellResult> results)
    {
        if (results.Count == 0)
        {
            return "-";
        }

        var slowest = results
            .Where(static result => !result.IsSenderHung)
            .Select(static result => result.Noticed.TotalSeconds)
            .DefaultIfEmpty()
            .Max();
        return string.Create(CultureInfo.InvariantCulture, $"{CountGood(results)} of {results.Count}, {slowest:0.0} s");
    }

    private static string Words(Fault fault) => fault switch
    {
        Fault.SenderKilled => "sender killed",
        Fault.SenderReset => "sender's connection reset",
        Fault.SenderSilent => "sender silent",
        Fault.ReceiverKilled => "receiver killed",
        Fault.ReceiverReset => "receiver's connection reset",
        Fault.ReceiverStalled => "receiver stalled",
        Fault.ReceiverKilledAfterBuffering => "receiver killed, everything in its buffers",
        _ => "server stopping",
    };
}
