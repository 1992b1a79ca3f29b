using Microsoft.Extensions.Options;

namespace Beam.AspNetCore;

/// <summary>Checks the options when the host starts.</summary>
internal sealed class BeamQuotaOptionsValidator : IValidateOptions<BeamQuotaOptions>
{
    private const int MostRemembered = 10_000_000;

    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(31);

    public ValidateOptionsResult Validate(string? name, BeamQuotaOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        RequirePositive(result, options.MaxTransfersPerToken, nameof(options.MaxTransfersPerToken));
        RequirePositive(result, options.MaxTransfersPerAddress, nameof(options.MaxTransfersPerAddress));
        RequirePositive(result, options.MaxTransfersPerUser, nameof(options.MaxTransfersPerUser));
        RequirePositive(result, options.MaxUnfinishedPerAddress, nameof(options.MaxUnfinishedPerAddress));
        RequirePositive(result, options.MaxHeldFilesPerAddress, nameof(options.MaxHeldFilesPerAddress));
        RequirePositive(result, options.MaxHeldBytesPerAddress, nameof(options.MaxHeldBytesPerAddress));
        RequirePositive(result, options.MaxTokensPerAddress, nameof(options.MaxTokensPerAddress));
        RequirePositive(result, options.MaxBytesPerToken, nameof(options.MaxBytesPerToken));
        RequirePositive(result, options.MaxBytesPerAddress, nameof(options.MaxBytesPerAddress));
        RequirePositive(result, options.MaxBytesPerUser, nameof(options.MaxBytesPerUser));
        if (options.Window < ShortestWindow || options.Window > LongestWindow)
        {
            result.AddError("It must be between 1 second and 31 days.", nameof(options.Window));
        }

        if (options.Ipv6PrefixLength is < 32 or > 128)
        {
            result.AddError("It must be between 32 and 128.", nameof(options.Ipv6PrefixLength));
        }

        if (options.MaxRemembered is < 1 or > MostRemembered)
        {
            result.AddError("It must be between 1 and 10,000,000.", nameof(options.MaxRemembered));
        }

        return result.Build();
    }

    private static void RequirePositive(ValidateOptionsResultBuilder result, long? value, string option)
    {
        if (value < 1)
        {
            result.AddError("It must be at least 1.", option);
        }
    }
}
