using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.Core.Tests;

public sealed class BeamOptionsValidatorTests
{
    public static TheoryData<string, object> OutOfRange => new()
    {
        { nameof(BeamOptions.TokenLifetime), TimeSpan.FromMilliseconds(999) },
        { nameof(BeamOptions.TokenRenewal), TimeSpan.Zero },
        { nameof(BeamOptions.TokenRenewal), TimeSpan.FromDays(366) },
        { nameof(BeamOptions.TokenMaxAge), TimeSpan.FromMinutes(19) },
        { nameof(BeamOptions.TokenMaxAge), TimeSpan.FromDays(366) },
        { nameof(BeamOptions.MaxTokens), 0 },
        { nameof(BeamOptions.MaxTokens), 100_000_001 },
        { nameof(BeamOptions.MaxTokensPerChannel), 0 },
        { nameof(BeamOptions.MaxTokensPerChannel), 1_000_001 },
        { nameof(BeamOptions.WaitTimeout), TimeSpan.Zero },
        { nameof(BeamOptions.WaitTimeout), TimeSpan.FromDays(2) },
        { nameof(BeamOptions.StallTimeout), TimeSpan.Zero },
        { nameof(BeamOptions.StallTimeout), TimeSpan.FromDays(2) },
        { nameof(BeamOptions.OutcomeRetention), TimeSpan.FromSeconds(-1) },
        { nameof(BeamOptions.OutcomeRetention), TimeSpan.FromDays(2) },
        { nameof(BeamOptions.MaxRetainedOutcomes), -1 },
        { nameof(BeamOptions.MaxRetainedOutcomes), 10_000_001 },
        { nameof(BeamOptions.MaxTransferBytes), 0L },
        { nameof(BeamOptions.MaxTransfers), 0 },
        { nameof(BeamOptions.MaxTransfers), 10_000_001 },
        { nameof(BeamOptions.MaxWaitingTransfersPerToken), 0 },
        { nameof(BeamOptions.MaxWaitingTransfersPerToken), 10_000_001 },
        { nameof(BeamOptions.MaxHeldFiles), -1 },
        { nameof(BeamOptions.MaxHeldFiles), 10_000_001 },
        { nameof(BeamOptions.MaxHeldFilesPerToken), -1 },
        { nameof(BeamOptions.MaxHeldFilesPerToken), 10_000_001 },
        { nameof(BeamOptions.MaxHeldBytes), -1L },
        { nameof(BeamOptions.MaxHeldBytesPerToken), -1L },
        { nameof(BeamOptions.WindowBytes), (64L * 1024) - 1 },
        { nameof(BeamOptions.WindowBytes), (256L * 1024 * 1024) + 1 },
        { nameof(BeamOptions.ReadAheadBytes), (4L * 1024) - 1 },
        { nameof(BeamOptions.ReadAheadBytes), (1024L * 1024 * 1024) + 1 },
        { nameof(BeamOptions.RewindBytes), -1L },
        { nameof(BeamOptions.RewindBytes), (1024L * 1024 * 1024) + 1 },
        { nameof(BeamOptions.HandInTimeout), TimeSpan.Zero },
        { nameof(BeamOptions.HandInTimeout), TimeSpan.FromDays(366) },
        { nameof(BeamOptions.ResumeTimeout), TimeSpan.FromSeconds(-1) },
        { nameof(BeamOptions.ResumeTimeout), TimeSpan.FromDays(2) },
        { nameof(BeamOptions.MaxReceivers), 0 },
        { nameof(BeamOptions.MaxReceivers), 10_001 },
        { nameof(BeamOptions.MemoryBudgetBytes), (1024L * 1024) - 1 },
        { nameof(BeamOptions.DiskBudgetBytes), (1024L * 1024) - 1 },
        { nameof(BeamOptions.SpillDirectory), " " },
        { nameof(BeamOptions.NodeId), "" },
        { nameof(BeamOptions.NodeId), "N2" },
        { nameof(BeamOptions.NodeId), "n.2" },
        { nameof(BeamOptions.NodeId), "-n2" },
        { nameof(BeamOptions.NodeId), "n2-" },
        { nameof(BeamOptions.NodeId), new string('n', 64) },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Validation_NamesTheOption_InOneLine(string option, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var failures = Failures(options => typeof(BeamOptions).GetProperty(option)!.SetValue(options, value));

        Assert.Contains(
            failures,
            failure => failure.Contains(option, StringComparison.Ordinal) && !failure.Contains('\n', StringComparison.Ordinal));
    }

    [Fact]
    public void Validation_NamesOneProblem_ForOneMistake()
        => Assert.Equal(
            "Property MaxTokens: It must be between 1 and 100000000; it is 0.",
            Assert.Single(Failures(static options => options.MaxTokens = 0)));

    [Fact]
    public void Validation_AcceptsTheDefaults() => Assert.Empty(Failures(static _ => { }));

    [Fact]
    public void Validation_AcceptsTheLimits() => Assert.Empty(Failures(static options =>
    {
        options.TokenLifetime = options.TokenMaxAge = options.TokenRenewal = TimeSpan.FromDays(365);
        options.WaitTimeout = options.StallTimeout = TimeSpan.FromSeconds(1);
        options.OutcomeRetention = TimeSpan.Zero;
        options.MaxRetainedOutcomes = 0;
        options.MaxTransferBytes = 1;
        options.MaxTransfers = options.MaxTokens = options.MaxWaitingTransfersPerToken = 1;
        options.MemoryBudgetBytes = options.DiskBudgetBytes = options.WindowBytes = options.RewindBytes = 1024 * 1024;
        options.ReadAheadBytes = 4 * 1024;
    }));

    private static string[] Failures(Action<BeamOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddBeamCore(configure);
        using var provider = services.BuildServiceProvider();
        try
        {
            _ = provider.GetRequiredService<IOptions<BeamOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
    }
}
