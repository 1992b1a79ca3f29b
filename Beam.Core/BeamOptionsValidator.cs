using Beam.Tokens;
using Microsoft.Extensions.Options;

namespace Beam;

/// <summary>Checks the options when the host starts.</summary>
/// <remarks>
/// By hand: range attributes for <see cref="TimeSpan"/> are not safe to trim, and one place for all rules reads better than two.
/// </remarks>
internal sealed class BeamOptionsValidator : IValidateOptions<BeamOptions>
{
    private const long Kibibyte = 1024;
    private const long Mebibyte = 1024 * Kibibyte;
    private const long Gibibyte = 1024 * Mebibyte;

    private const int MostTransfers = 10_000_000;
    private const int FewestWords = 2;
    private const int FewestGuessableWords = 7;
    private const int MostWords = 16;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);
    private static readonly TimeSpan OneYear = TimeSpan.FromDays(365);

    public ValidateOptionsResult Validate(string? name, BeamOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Require(result, options.TokenLifetime, OneSecond, OneYear, nameof(options.TokenLifetime));
        Require(result, options.TokenRenewal, OneSecond, OneYear, nameof(options.TokenRenewal));
        Require(result, options.TokenMaxAge, options.TokenLifetime, OneYear, nameof(options.TokenMaxAge));
        Require(
            result,
            options.TokenWords ?? MostWords,
            options.AreGuessesLimited ? FewestWords : FewestGuessableWords,
            MostWords,
            nameof(options.TokenWords));
        Require(result, options.MaxTokens, 1, 100_000_000, nameof(options.MaxTokens));
        Require(result, options.MaxTokensPerChannel, 1, 1_000_000, nameof(options.MaxTokensPerChannel));
        Require(result, options.WaitTimeout, OneSecond, OneDay, nameof(options.WaitTimeout));
        Require(result, options.HandInTimeout, OneSecond, OneYear, nameof(options.HandInTimeout));
        Require(result, options.StallTimeout, OneSecond, OneDay, nameof(options.StallTimeout));
        Require(result, options.ResumeTimeout, TimeSpan.Zero, OneDay, nameof(options.ResumeTimeout));
        Require(result, options.MaxReceivers, 1, 10_000, nameof(options.MaxReceivers));
        Require(result, options.OutcomeRetention, TimeSpan.Zero, OneDay, nameof(options.OutcomeRetention));
        Require(result, options.MaxRetainedOutcomes, 0, 10_000_000, nameof(options.MaxRetainedOutcomes));
        Require(result, options.MaxQueuedEvents, 1, 10_000_000, nameof(options.MaxQueuedEvents));
        Require(result, options.MaxTransferBytes ?? 1, 1, long.MaxValue, nameof(options.MaxTransferBytes));
        Require(result, options.MaxTransfers, 1, MostTransfers, nameof(options.MaxTransfers));
        Require(result, options.MaxWaitingTransfersPerToken, 1, MostTransfers, nameof(options.MaxWaitingTransfersPerToken));
        Require(result, options.MaxHeldFiles ?? 0, 0, MostTransfers, nameof(options.MaxHeldFiles));
        Require(result, options.MaxHeldFilesPerToken ?? 0, 0, MostTransfers, nameof(options.MaxHeldFilesPerToken));
        Require(result, options.MaxHeldBytes ?? 0, 0, long.MaxValue, nameof(options.MaxHeldBytes));
        Require(result, options.MaxHeldBytesPerToken ?? 0, 0, long.MaxValue, nameof(options.MaxHeldBytesPerToken));
        Require(result, options.MemoryBudgetBytes, Mebibyte, long.MaxValue, nameof(options.MemoryBudgetBytes));
        Require(result, options.WindowBytes, 64 * Kibibyte, Math.Min(Gibibyte, options.MemoryBudgetBytes), nameof(options.WindowBytes));
        Require(result, options.ReadAheadBytes, 4 * Kibibyte, Gibibyte, nameof(options.ReadAheadBytes));
        Require(result, options.RewindBytes, 0, Gibibyte, nameof(options.RewindBytes));
        Require(result, options.DiskBudgetBytes, Mebibyte, long.MaxValue, nameof(options.DiskBudgetBytes));
        if (options.SpillDirectory is not null && string.IsNullOrWhiteSpace(options.SpillDirectory))
        {
            result.AddError("It must name a directory, or not be set.", nameof(options.SpillDirectory));
        }

        if (options.NodeId is { } nodeId && !NodeToken.IsNodeId(nodeId))
        {
            result.AddError(
                "It must be 1 to 63 lower-case letters, digits and hyphens, and neither begin nor end with a hyphen.",
                nameof(options.NodeId));
        }

        return result.Build();
    }

    private static void Require<T>(ValidateOptionsResultBuilder result, T value, T least, T most, string option)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            result.AddError($"It must be between {least} and {most}; it is {value}.", option);
        }
    }
}
