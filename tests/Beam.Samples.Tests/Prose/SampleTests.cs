namespace Beam.Samples.Tests.Prose;

/// <summary>Samples are copied. So each says what it lacks.</summary>
public sealed class SampleTests
{
    private const string Title = "\n## What it leaves out\n";

    public static TheoryData<string> Samples => [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "samples"))
        .Where(static folder => Directory.EnumerateFiles(folder, "*.csproj").Any())
        .Select(static folder => Path.GetFileName(folder)!)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_SaysWhatItLeavesOut(string sample)
    {
        var text = Sources.Read($"samples/{sample}/README.md").ReplaceLineEndings("\n");

        Assert.Contains(Title, text, StringComparison.Ordinal);
        Assert.Contains("\n- ", text[text.IndexOf(Title, StringComparison.Ordinal)..], StringComparison.Ordinal);
    }
}
