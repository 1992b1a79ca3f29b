using Microsoft.Extensions.Options;

namespace Beam.AspNetCore;

/// <summary>Checks the options when the host starts.</summary>
internal sealed class BeamHttpOptionsValidator : IValidateOptions<BeamHttpOptions>
{
    private const long MostDiscardedBytes = 1024L * 1024 * 1024;
    private const long MostKeepAliveBytes = 1024L * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, BeamHttpOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.PublicBaseUrl is { } url && !IsUsable(url))
        {
            result.AddError("It must be an absolute http or https address without query and fragment.", nameof(options.PublicBaseUrl));
        }

        if (options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > TimeSpan.FromDays(1))
        {
            result.AddError("It must be between 0 and 1 day.", nameof(options.DrainTimeout));
        }

        if (options.MaxDiscardedBytes is < 0 or > MostDiscardedBytes)
        {
            result.AddError("It must be between 0 and 1 GiB.", nameof(options.MaxDiscardedBytes));
        }

        if (!Enum.IsDefined(options.BehindProxy))
        {
            result.AddError("It must be none, http or tcp.", nameof(options.BehindProxy));
        }

        if (options.MaxKeepAliveBytes is < 0 or > MostKeepAliveBytes)
        {
            result.AddError("It must be between 0 and 1 GiB.", nameof(options.MaxKeepAliveBytes));
        }

        if (options.MaxAppendBytes < 1)
        {
            result.AddError("It must be at least 1.", nameof(options.MaxAppendBytes));
        }

        if (options.MaxWatchers is < 0 or > 1_000_000)
        {
            result.AddError("It must be between 0 and 1,000,000.", nameof(options.MaxWatchers));
        }

        if (options.MaxWatchersPerAddress is < 1 or > 1_000_000)
        {
            result.AddError("It must be between 1 and 1,000,000.", nameof(options.MaxWatchersPerAddress));
        }

        if (options.MaxConnectionsPerNode is < 1 or > 1_000_000)
        {
            result.AddError("It must be between 1 and 1,000,000.", nameof(options.MaxConnectionsPerNode));
        }

        if (options.DegradedAt is not (>= 0.01 and <= 1))
        {
            result.AddError("It must be between 0.01 and 1.", nameof(options.DegradedAt));
        }

        return result.Build();
    }

    private static bool IsUsable(Uri url)
        => url.IsAbsoluteUri
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url.Query.Length == 0
            && url.Fragment.Length == 0;
}
