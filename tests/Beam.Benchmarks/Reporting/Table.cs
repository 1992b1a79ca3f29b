namespace Beam.Benchmarks.Reporting;

/// <summary>A table in Markdown.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public IEnumerable<string> Lines() => _rows.Count == 0
        ? []
        : [Line(columns), Line([.. columns.Select(static _ => "---")]), .. _rows.Select(Line)];

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells)} |";
}
