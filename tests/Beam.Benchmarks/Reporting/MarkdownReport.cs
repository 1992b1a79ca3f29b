using System.Text;

namespace Beam.Benchmarks.Reporting;

/// <summary>All sections as Markdown, with the machine that they were measured on.</summary>
internal static class MarkdownReport
{
    private const string Begin = "<!-- results: written by tests/Beam.Benchmarks -->";
    private const string End = "<!-- end of results -->";

    public static string Render(string machine, IEnumerable<Section> sections, bool isQuick)
    {
        var text = new StringBuilder();
        AppendLine(text, machine + (isQuick ? " A quick run: its numbers mean nothing." : ""));
        foreach (var section in sections)
        {
            AppendLine(text, "");
            AppendLine(text, "### " + section.Title);
            AppendLine(text, "");
            AppendLine(text, section.Text);
            AppendLine(text, "");
            foreach (var line in section.Table.Lines())
            {
                AppendLine(text, line);
            }
        }

        return text.ToString();
    }

    /// <summary>Replaces what stands between the markers in <paramref name="file"/>, or writes it anew.</summary>
    public static void Write(string file, string markdown)
    {
        var text = File.Exists(file) ? File.ReadAllText(file) : "";
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        var results = $"{Begin}\n\n{markdown}\n{End}";
        File.WriteAllText(file, begin < 0 || end < begin ? results + "\n" : text[..begin] + results + text[(end + End.Length)..]);
    }

    private static void AppendLine(StringBuilder text, string line) => text.Append(line).Append('\n');
}
