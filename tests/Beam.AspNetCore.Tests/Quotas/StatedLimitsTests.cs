using System.Globalization;
using System.Text.RegularExpressions;
using Beam.AspNetCore.Quotas;

namespace Beam.AspNetCore.Tests.Quotas;

/// <summary>The numbers in docs/security.md are those of the defaults.</summary>
[Trait("Rule", "P38")]
public sealed partial class StatedLimitsTests
{
    private static readonly string Text = Spaces().Replace(File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md")), " ");

    [Fact]
    public void Address_HoldsAtMostWhatTheDocumentationSays()
    {
        var (memory, disk) = (Defaults(new BeamOptions()), Defaults(new BeamOptions { SpillDirectory = "spill" }));

        AssertStated("One address can hold at most");
        AssertStated($"{Number(memory.MaxTransfersPerAddress)} requests that send or receive at a time");
        AssertStated($"{Number(memory.MaxUnfinishedPerAddress)} transfers that it sends and that have not ended");
        AssertStated($"{Number(memory.MaxHeldFilesPerAddress)} files that are handed in");
        AssertStated(
            $"{Size(memory.MaxHeldBytesPerAddress)} of memory or, with a spill directory, {Size(disk.MaxHeldBytesPerAddress)} of the disk");
        AssertStated($"{Number(memory.MaxTokensPerAddress)} live tokens, links included");
        AssertStated($"{Number(new BeamHttpOptions().MaxWatchersPerAddress)} watchers of live events");
        AssertStated($"{Number(memory.MaxTransfersPerToken)} requests at a time");
    }

    [Fact]
    public void LocalClients_HoldAtMostWhatTheDocumentationSays()
    {
        var options = new BeamOptions();

        AssertStated(
            $"{Number(QuotaDefaults.PartOfLocal(options.MaxTransfers))} unfinished transfers and "
                + $"{Number(QuotaDefaults.PartOfLocal(options.MaxTokens))} tokens");
    }

    [Fact]
    public void Relay_HoldsAtMostWhatTheDocumentationSays()
    {
        var options = new BeamOptions();
        var (memory, disk) = (HoldingShares.Of(options), HoldingShares.Of(new BeamOptions { SpillDirectory = "spill" }));

        AssertStated($"{Number(options.MaxTransfers)} transfers, {Number(memory.Files)} of them files that are handed in");
        AssertStated($"{Size(memory.Bytes)} of memory or, with a spill directory, {Size(disk.Bytes)} of the disk");
        AssertStated($"{Number(options.MaxTokens)} tokens");
        AssertStated($"{Number(options.MaxWaitingTransfersPerToken)} waiting transfers and {Number(memory.FilesPerToken)} files");
        AssertStated($"{Size(memory.BytesPerToken)} of memory or {Size(disk.BytesPerToken)} of the disk");
        AssertStated($"{Number(options.MaxTokensPerChannel)} tokens, its links");
    }

    private static BeamQuotaOptions Defaults(BeamOptions relay)
    {
        var quotas = new BeamQuotaOptions();
        QuotaDefaults.FillIn(quotas, relay, new BeamHttpOptions());
        return quotas;
    }

    private static void AssertStated(string words) => Assert.Contains(words, Text, StringComparison.Ordinal);

    private static string Number(int? number) => number!.Value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Size(long? bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes.Value / (double)(1L << 30):0.##} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes!.Value / (double)(1L << 20):0.##} MiB");

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();
}
