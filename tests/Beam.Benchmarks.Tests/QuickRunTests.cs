namespace Beam.Benchmarks;

/// <summary>The benchmarks still run and every byte arrives; how fast is not for a test to say.</summary>
public sealed class QuickRunTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task QuickRun_WritesEveryTable_WhenAllBytesArrive()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Costs of a process are read from /proc.");
        using var folder = new TempFolder();
        var report = folder.Write(
            "report.md",
            "before\n<!-- results: written by tests/Beam.Benchmarks -->\nold\n<!-- end of results -->\nafter\n"u8);

        await using var run = Start("--quick", "--markdown", report);
        var exitCode = await run.WaitAsync(Timeout);

        Assert.True(exitCode == 0, run.Describe());
        var text = await File.ReadAllTextAsync(report);
        Assert.StartsWith("before\n", text, StringComparison.Ordinal);
        Assert.EndsWith("<!-- end of results -->\nafter\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nold\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED", text, StringComparison.Ordinal);
        Assert.Equal(16, text.Split("\n### ").Length - 1);
    }

    [Fact]
    public async Task Run_SaysWhatThereIs_WhenTheScenarioIsUnknown()
    {
        await using var run = Start("warp-speed");

        Assert.Equal(2, await run.WaitAsync());
        Assert.Contains("one-pair", run.ErrorText, StringComparison.Ordinal);
    }

    private static ClientProcess Start(params string[] arguments)
        => ClientProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "Beam.Benchmarks.dll"), .. arguments]);
}
