using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Diagnostics;

/// <summary>Stands before the application's logger factory, and limits the entries of some categories.</summary>
/// <param name="factory">The application's own, which its container disposes.</param>
/// <param name="options">The categories.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class LimitedLoggerFactory(ILoggerFactory factory, IOptions<LogLimitOptions> options, TimeProvider timeProvider)
    : ILoggerFactory
{
    private readonly ConcurrentDictionary<string, LimitedLogger> _limited = new(StringComparer.Ordinal);

    public ILogger CreateLogger(string categoryName)
        => IsLimited(categoryName) ? _limited.GetOrAdd(categoryName, Make) : factory.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => factory.AddProvider(provider);

    public void Dispose()
    {
        foreach (var logger in _limited.Values)
        {
            logger.Dispose();
        }
    }

    private LimitedLogger Make(string category) => new(factory.CreateLogger(category), timeProvider);

    private bool IsLimited(string category)
    {
        foreach (var limited in options.Value.Categories)
        {
            if (category.StartsWith(limited, StringComparison.Ordinal)
                && (category.Length == limited.Length || category[limited.Length] == '.'))
            {
                return true;
            }
        }

        return false;
    }
}
